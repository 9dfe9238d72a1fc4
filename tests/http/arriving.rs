//! A blob is read while it arrives, by somebody who does not wait until it is in the layout.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use portunus::resolve::Operation;
use portunus_http::{Arrival, Arriving, Event, OciLayout, Progress, PullOptions};
use support::http::{Reply, Request};
use support::image::Image;
use support::programmable_registry::ProgrammableRegistry;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use worlds::http::World;

const IMAGE: &str = "reg-a.test/team/app:v1";
/// About half of the layer.
const HALF: usize = 2_000_000;

#[support::test]
fn its_start_is_read_before_the_rest_has_arrived() {
    let site = Site::new();
    let bytes = site.image.layers[0].bytes.clone();
    site.give_half(&bytes);
    let (read, last) = site.follow();
    assert!(read == [bytes], "{} times", read.len());
    assert_eq!(last, Arrival::Whole);
}

#[support::test]
fn where_its_start_was_wrong_that_is_told_before_the_right_one_is() {
    let site = Site::new();
    site.give_half(&[b'x'; HALF]);
    let (read, last) = site.follow();
    let [wrong, right] = &read[..] else {
        panic!("{} times", read.len())
    };
    assert!(wrong.starts_with(&[b'x'; HALF]));
    assert!(*right == site.image.layers[0].bytes);
    assert_eq!(last, Arrival::Whole);
}

#[support::test]
fn where_no_host_has_the_rest_it_is_given_up() {
    let site = Site::new();
    let path = site.path();
    let is_layer = move |request: &Request| request.path == path;
    site.registry.when(is_layer, Reply::status(404));
    let bytes = site.image.layers[0].bytes.clone();
    site.give_half(&bytes);
    let (read, last) = site.follow();
    assert!(read == [&bytes[..HALF]]);
    assert_eq!(last, Arrival::GivenUp);
}

struct Site {
    image: Image,
    registry: ProgrammableRegistry,
    /// Whether somebody has read half of the layer.
    half_is_read: Arc<AtomicBool>,
}

impl Site {
    fn new() -> Self {
        let image = Image::of_sizes("one", &[2 * HALF]);
        let registry = ProgrammableRegistry::open();
        registry.put_image("team/app", "v1", &image);
        Self {
            image,
            registry,
            half_is_read: Arc::default(),
        }
    }

    fn path(&self) -> String {
        format!("/v2/team/app/blobs/{}", self.image.layers[0].digest)
    }

    /// The registry gives half of these bytes, and nothing more before they were read.
    fn give_half(&self, bytes: &[u8]) {
        let (path, half_is_read) = (self.path(), Arc::clone(&self.half_is_read));
        self.registry.answer_with(move |request| {
            let is_rest = request.path == path && request.header("Range").is_some();
            while is_rest && !half_is_read.load(Ordering::SeqCst) {
                std::thread::sleep(Duration::from_millis(5));
            }
            None
        });
        let path = self.path();
        let half = Reply::cut_short(&bytes[..HALF], self.image.layers[0].bytes.len() as u64);
        let is_layer = move |request: &Request| request.path == path;
        self.registry.when_first(1, is_layer, half);
    }

    /// Pulls, and gives what was read of the layer meanwhile, each time that it began, and what was
    /// told at the end.
    fn follow(&self) -> (Vec<Vec<u8>>, Arrival) {
        let world = World::new().with_hosts("reg-a.test", &[&self.registry.url()]);
        let operation = world.prepare(IMAGE, Operation::Pull);
        let layout = OciLayout::create_scratch(world.layout()).unwrap();
        let (sender, arriving) = unbounded_channel();
        let (client, options, progress) =
            (world.client(), PullOptions::default(), HandedOn(sender));
        let pulling = client.pull(&operation, &layout, &options, &progress);
        let reading = self.read(arriving);
        let both = async { tokio::join!(pulling, reading).1 };
        world.block_on(async {
            let both = tokio::time::timeout(Duration::from_secs(20), both);
            both.await.unwrap()
        })
    }

    async fn read(&self, mut arriving: UnboundedReceiver<Arriving>) -> (Vec<Vec<u8>>, Arrival) {
        let layer = &self.image.layers[0].digest;
        let mut blob = loop {
            let blob = arriving.recv().await.unwrap();
            if blob.descriptor().digest == *layer {
                break blob;
            }
        };
        let mut read = vec![Vec::new()];
        loop {
            let last = read.last_mut().unwrap();
            match blob.next(last.len() as u64).await.unwrap() {
                Arrival::Bytes(bytes) => last.extend(bytes),
                Arrival::Restarted => read.push(Vec::new()),
                end => return (read, end),
            }
            if read[0].len() >= HALF {
                self.half_is_read.store(true, Ordering::SeqCst);
            }
        }
    }
}

struct HandedOn(UnboundedSender<Arriving>);

impl Progress for HandedOn {
    fn report(&self, _: Event<'_>) {}

    fn arrives(&self, blob: Arriving) {
        let _ = self.0.send(blob);
    }
}

//! An image that our own walk has pulled, to be stored in a daemon.

use std::collections::BTreeSet;

use portunus::resolve::Operation;
use portunus_containerd::{LoadRequest, TransferError, TransferReport, Unpack};
use portunus_http::{OciLayout, Platforms, PullOptions, Pulled};
use support::image::architecture;

use crate::worlds::daemon::{DaemonWorld, default_namespace, tomorrow};

pub(crate) const IMAGE: &str = "reg-a.test/team/app:v1";

pub(crate) fn pull_and_load(
    world: &DaemonWorld,
    unpack: Unpack,
) -> Result<TransferReport, TransferError> {
    load(world, &pull(world), unpack)
}

pub(crate) fn pull(world: &DaemonWorld) -> Pulled {
    let platform = format!("linux/{}", architecture()).parse().unwrap();
    pull_for(world, Platforms::WithIndex(platform))
}

pub(crate) fn pull_for(world: &DaemonWorld, platforms: Platforms) -> Pulled {
    let world = &world.world;
    let operation = world.prepare(IMAGE, Operation::Pull);
    let layout = OciLayout::create(world.layout()).unwrap();
    let mut options = PullOptions::default();
    options.platforms = platforms;
    let client = world.client();
    let pulling = client.pull(&operation, &layout, &options, &world.said);
    world.block_on(pulling).unwrap()
}

pub(crate) fn load(
    world: &DaemonWorld,
    pulled: &Pulled,
    unpack: Unpack,
) -> Result<TransferReport, TransferError> {
    let mut request = load_request(world);
    request.unpack = unpack;
    let daemon = world.connect();
    let manifest = pulled.manifest.clone();
    let loading = daemon.load(request, manifest, std::future::pending());
    world.world.block_on(loading)
}

/// Without unpacking.
pub(crate) fn load_request(world: &DaemonWorld) -> LoadRequest {
    let mut request = LoadRequest::new(
        IMAGE.parse().unwrap(),
        default_namespace(),
        OciLayout::open(world.world.layout()).unwrap(),
        tomorrow(),
    );
    request.unpack = Unpack::No;
    request
}

/// The words that ctr writes an age with: `Less than a second`, `2 seconds`, `About a minute`.
const AGES: [&str; 10] = [
    "second", "seconds", "minute", "minutes", "ago", "Less", "than", "a", "about", "About",
];

/// The lines of a listing, without their age and with labels in order.
pub(crate) fn rows(listing: &str) -> BTreeSet<String> {
    let row = |line: &str| {
        let words: Vec<&str> = line
            .split([' ', '\t', ','])
            .filter(|word| !word.is_empty())
            .collect();
        let is_age = |word: &str| AGES.contains(&word);
        let counts_an_age = |at: usize| words.get(at + 1).is_some_and(|next| is_age(next));
        let is_number = |word: &str| word.bytes().all(|byte| byte.is_ascii_digit());
        let keeps =
            |&(at, word): &(usize, &&str)| !(is_age(word) || is_number(word) && counts_an_age(at));
        let mut words: Vec<&str> = words
            .iter()
            .enumerate()
            .filter(keeps)
            .map(|(_, word)| *word)
            .collect();
        words.sort_unstable();
        words.join(" ")
    };
    listing.lines().map(row).collect()
}

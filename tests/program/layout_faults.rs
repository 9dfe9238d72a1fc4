//! Whatever a system call answers while an image is written to a layout, and wherever it is killed:
//! what the layout held is whole, what the program says is true, and the next pull makes it whole.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use support::home::Home;
use support::image::{self, Image};
use support::process::{self, Ran};
use support::programmable_registry::ProgrammableRegistry;
use support::tools;

const CALLS: &str = "openat,write,pwrite64,ftruncate,fsync,fdatasync,rename,renameat,renameat2,\
                     linkat,unlink,unlinkat,mkdir,mkdirat,flock,fstat,statx,lseek,read";

const ERRORS: [&str; 4] = ["ENOSPC", "EIO", "EROFS", "EINTR"];

struct Site {
    home: Home,
    registry: ProgrammableRegistry,
    /// What was there before, and what is pulled.
    images: [Image; 2],
}

impl Site {
    fn new() -> Self {
        let registry = ProgrammableRegistry::open();
        let images = [Image::small("old"), Image::of_sizes("new", &[10, 3000])];
        for (image, tag) in images.iter().zip(["old", "new"]) {
            registry.put_image("team/app", tag, image);
        }
        let home = Home::new();
        home.write_hosts_toml("reg.test", &format!("server = \"{}\"\n", registry.url()));
        Self {
            home,
            registry,
            images,
        }
    }

    fn layout(&self) -> PathBuf {
        self.home.path().join("layout")
    }

    /// A layout with the old image alone.
    fn begin(&self) {
        let _ = fs::remove_dir_all(self.layout());
        self.pull("old").assert_success();
    }

    fn pull(&self, tag: &str) -> Ran {
        let arguments = self.arguments(tag);
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        self.home.portunus(&arguments).run()
    }

    /// Pulls the new one, with a fault in what it does with these paths: not where it wakes its own
    /// threads, or speaks to the registry.
    fn pull_with(&self, fault: Option<(&str, &BTreeSet<String>)>) -> Ran {
        let plain = self.home.command(support::program::portunus());
        let mut strace = self.home.command(tools::program("strace"));
        strace.args(["-f", "-y", "-qq", "-o"]).arg(self.log());
        strace.args(["-e", &format!("trace={CALLS}")]);
        if let Some((fault, paths)) = fault {
            strace.args(["-e", fault]);
            strace.args(paths.iter().flat_map(|path| ["-P", path]));
        }
        strace.arg(plain.get_program()).args(self.arguments("new"));
        process::run(&mut strace, b"")
    }

    fn arguments(&self, tag: &str) -> Vec<String> {
        let image = format!("reg.test/team/app:{tag}");
        let layout = self.layout().to_str().unwrap().to_owned();
        ["pull", "--oci-layout", &layout, &image]
            .map(str::to_owned)
            .into()
    }

    fn log(&self) -> PathBuf {
        self.home.path().join("strace.log")
    }

    /// The calls about the layout, by their names and how many of that name the thread had made there
    /// by then; and the paths they were about.
    fn calls(&self) -> (BTreeSet<(String, usize)>, BTreeSet<String>) {
        self.begin();
        self.pull_with(None).assert_success();
        let (trace, layout) = (fs::read_to_string(self.log()).unwrap(), self.layout());
        let layout = layout.to_str().unwrap();
        let mut counts = BTreeMap::new();
        let (mut calls, mut paths) = (BTreeSet::new(), BTreeSet::new());
        for line in trace.lines() {
            let Some((thread, call)) = line.split_once(' ') else {
                continue;
            };
            let Some((name, rest)) = call.trim_start().split_once('(') else {
                continue;
            };
            let words = rest.split(['"', '<', '>']);
            let named: Vec<&str> = words.filter(|word| word.starts_with(layout)).collect();
            if !named.is_empty() {
                let count = counts.entry((thread, name)).or_insert(0);
                *count += 1;
                calls.insert((name.to_owned(), *count));
                paths.extend(named.into_iter().map(str::to_owned));
            }
        }
        (calls, paths)
    }
}

#[support::test(long, needs("strace", "root?"))]
fn whatever_a_system_call_answers_a_layout_holds_what_it_held() {
    let site = Site::new();
    let (mut told, mut tried) = (0, 0);
    let (calls, paths) = site.calls();
    for (at, (call, count)) in calls.into_iter().enumerate() {
        let error = ERRORS[at % ERRORS.len()];
        site.begin();
        let fault = format!("inject={call}:error={error}:when={count}");
        let ran = site.pull_with(Some((&fault, &paths)));
        let case = format!("{error} at {call} number {count}");
        assert!(!ran.output().contains("panicked"), "{case}: {ran}");
        match ran.status.success() {
            true => assert_whole(&site, &["old", "new"], &case),
            false => {
                assert!(!ran.stderr.is_empty(), "{case}: {ran}");
                assert_whole(&site, &["old"], &case);
                told += 1;
            }
        }
        assert_goes_on(&site, &case);
        tried += 1;
    }
    println!("{tried} calls, {told} of them named as failures");
    assert!(tried > 20 && told > 10, "{tried} {told}");
}

#[support::test(long, needs("strace", "root?"))]
fn a_pull_killed_at_any_system_call_leaves_a_layout_that_holds_what_it_held() {
    let site = Site::new();
    let mut killed = 0;
    let (calls, paths) = site.calls();
    for (call, count) in calls {
        site.begin();
        let fault = format!("inject={call}:signal=KILL:when={count}");
        let ran = site.pull_with(Some((&fault, &paths)));
        let case = format!("killed at {call} number {count}");
        assert_whole(&site, &["old"], &case);
        killed += u32::from(!ran.status.success());
        assert_goes_on(&site, &case);
    }
    assert!(killed > 20, "{killed}");
}

fn assert_goes_on(site: &Site, case: &str) {
    let ran = site.pull("new");
    assert!(ran.status.success(), "after {case}: {ran}");
    assert_whole(site, &["old", "new"], case);
    assert!(site.registry.requests().len() > 1);
}

/// The index names these images, and every part of them is there as it should be.
fn assert_whole(site: &Site, tags: &[&str], case: &str) {
    let layout = site.layout();
    let index: Value =
        serde_json::from_slice(&fs::read(layout.join("index.json")).unwrap()).unwrap();
    for (image, tag) in site.images.iter().zip(["old", "new"]) {
        if !tags.contains(&tag) {
            continue;
        }
        let mut named = index["manifests"].as_array().unwrap().iter();
        assert!(
            named.any(|it| it["digest"] == image.digest()),
            "{case}: {index}"
        );
        for blob in image.blobs().chain([&image.manifest]) {
            let held = fs::read(path_of(&layout, &blob.digest)).unwrap();
            assert_eq!(image::digest(&held), blob.digest, "{case}");
        }
    }
}

fn path_of(layout: &Path, digest: &str) -> PathBuf {
    layout.join("blobs").join(digest.replace(':', "/"))
}

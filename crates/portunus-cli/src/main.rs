//! The program `portunus`: collects the outside world and hands it to [`portunus_cli::run`].

// Stands in for libgcc_s in whatever it is linked with, which nothing but the program is to decide.
#[cfg(all(
    target_os = "linux",
    target_env = "gnu",
    any(target_arch = "x86_64", target_arch = "aarch64")
))]
extern crate unwinding as _;

use std::process::ExitCode;

use portunus_cli::{Environment, Streams};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

fn main() -> ExitCode {
    leave_no_core();
    let environment = Environment::of_this_process();
    let mut streams = Streams::of_this_process();
    portunus_cli::run(std::env::args_os(), &environment, &mut streams).into()
}

/// A core dump holds every secret that the program had in memory: none is written, and no other
/// process of the user may look in.
fn leave_no_core() {
    let limit = Rlimit {
        current: Some(0),
        maximum: getrlimit(Resource::Core).maximum,
    };
    // Where the system refuses, it goes on as without.
    let _ = setrlimit(Resource::Core, limit);
    #[cfg(target_os = "linux")]
    let _ = rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable);
}

/// That a panic ends as it does with libgcc_s: this binary is linked as the program is.
#[cfg(test)]
mod tests {
    use std::backtrace::Backtrace;
    use std::cell::Cell;
    use std::hint::black_box;
    use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
    use std::thread;

    /// Counts how many were dropped.
    struct Left<'a>(&'a Cell<u32>);

    impl Drop for Left<'_> {
        fn drop(&mut self) {
            self.0.set(self.0.get() + 1);
        }
    }

    #[inline(never)]
    fn panic_below(frames: u32, dropped: &Cell<u32>) -> u32 {
        let _left = Left(dropped);
        match frames {
            0 => resume_unwind(Box::new("gone")),
            _ => panic_below(frames - 1, dropped) + 1,
        }
    }

    #[test]
    fn a_panic_drops_what_it_leaves_and_is_caught() {
        let dropped = Cell::new(0);
        for times in 1..=3 {
            let work = AssertUnwindSafe(|| panic_below(9, &dropped));
            let caught = catch_unwind(work).unwrap_err();
            assert_eq!(caught.downcast_ref(), Some(&"gone"));
            assert_eq!(dropped.get(), 10 * times);
        }
    }

    #[test]
    fn a_panic_while_another_is_caught_in_a_drop_ends_nothing() {
        struct Catches<'a>(&'a Cell<u32>);
        impl Drop for Catches<'_> {
            fn drop(&mut self) {
                let work = AssertUnwindSafe(|| panic_below(4, self.0));
                assert!(catch_unwind(work).is_err());
            }
        }
        let dropped = Cell::new(0);
        let caught = catch_unwind(AssertUnwindSafe(|| {
            let _catches = Catches(&dropped);
            panic_below(4, &dropped)
        }));
        assert!(caught.is_err());
        assert_eq!(dropped.get(), 10);
    }

    #[test]
    fn a_panic_ends_its_thread_alone() {
        let ended = thread::spawn(|| panic_below(2, &Cell::new(0))).join();
        assert_eq!(ended.unwrap_err().downcast_ref(), Some(&"gone"));
    }

    #[inline(never)]
    fn traced_below(frames: u32) -> usize {
        match frames {
            0 => {
                let trace = Backtrace::force_capture().to_string();
                let is_frame = |line: &&str| line.trim_start().starts_with(char::is_numeric);
                trace.lines().filter(is_frame).count()
            }
            _ => black_box(traced_below(frames - 1)),
        }
    }

    #[test]
    #[cfg(all(
        target_os = "linux",
        target_env = "gnu",
        any(target_arch = "x86_64", target_arch = "aarch64")
    ))]
    fn no_other_unwinder_is_loaded() {
        let loaded = std::fs::read_to_string("/proc/self/maps").unwrap();
        assert!(loaded.contains("libc.so"), "{loaded}");
        assert!(!loaded.contains("libgcc_s"), "{loaded}");
    }

    /// A build that is stripped has no names for them.
    #[test]
    fn a_backtrace_has_every_frame() {
        assert!(traced_below(0) > 1);
        assert_eq!(traced_below(9), traced_below(0) + 9);
    }
}

//! Free ports and addresses on loopback for servers that cannot be told to pick one.

use std::net::{Ipv4Addr, TcpListener};
use std::sync::atomic::{AtomicU32, Ordering};

/// Below the range from which the kernel takes the ports of outgoing connections, so that nobody
/// is given the port between our look and the server's `bind`.
const FIRST: u32 = 20_000;
const COUNT: u32 = 12_000;

static TAKEN: AtomicU32 = AtomicU32::new(0);

static ADDRESSES: AtomicU32 = AtomicU32::new(1);

/// A port on 127.0.0.1 that nobody listens on, and that no other test of this process was given.
pub fn free() -> u16 {
    // Another test binary at the same time starts elsewhere.
    let start = std::process::id().wrapping_mul(97);
    for _ in 0..COUNT {
        let step = TAKEN.fetch_add(1, Ordering::Relaxed);
        let port = u16::try_from(FIRST + start.wrapping_add(step) % COUNT).expect("below 32000");
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
    panic!("no free port between {FIRST} and {}", FIRST + COUNT);
}

/// A loopback address of which all ports are free, for servers on ports that were chosen: no other
/// test has it, of this process or of another one.
pub fn own_address() -> Ipv4Addr {
    let [_, _, high, low] = std::process::id().to_be_bytes();
    let number = ADDRESSES.fetch_add(1, Ordering::Relaxed);
    let number = u8::try_from(number).expect("fewer than 256 a process");
    Ipv4Addr::new(127, 64 + high % 128, low, number)
}

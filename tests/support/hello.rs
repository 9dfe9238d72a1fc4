//! An image whose container prints a line: the least that a runtime can be asked for.

use crate::containerd::Containerd;
use crate::image::{Image, LayerFile};
use crate::process::Ran;

const BASE: u64 = 0x40_0000;
const HEADERS: usize = 64 + 56;

/// An image that prints that text and ends.
///
/// Its program is machine code for x86_64 Linux; a test lists `containers?` in its `needs(..)`.
pub fn image(text: &str) -> Image {
    Image::of_files(
        &[vec![LayerFile::new("bin/hello", 0o755, program(text))]],
        &["/bin/hello"],
    )
}

/// Runs a container of it, which the containerd has pulled and unpacked with `native`.
///
/// Its control group lies below no other one: those would be left behind.
#[track_caller]
pub fn run(containerd: &Containerd, reference: &str) -> Ran {
    let folder = containerd.dir().file_name().unwrap_or_default();
    let group = format!("/portunus-tests-{}", folder.to_string_lossy());
    let run = ["run", "--rm", "--snapshotter", "native", "--cgroup"];
    containerd.ctr(&[&run[..], &[&group, reference, "one"]].concat())
}

/// A static ELF executable: write(1, text, length), exit(0).
fn program(text: &str) -> Vec<u8> {
    let length = u32::try_from(text.len()).unwrap().to_le_bytes();
    let mut code = Vec::new();
    code.extend([0xb8, 1, 0, 0, 0]); // mov eax, 1 (write)
    code.extend([0xbf, 1, 0, 0, 0]); // mov edi, 1 (standard output)
    code.extend([0x48, 0x8d, 0x35, 16, 0, 0, 0]); // lea rsi, [rip + 16] (the text)
    code.push(0xba); // mov edx, length
    code.extend(length);
    code.extend([0x0f, 0x05]); // syscall
    code.extend([0xb8, 60, 0, 0, 0]); // mov eax, 60 (exit)
    code.extend([0x31, 0xff]); // xor edi, edi
    code.extend([0x0f, 0x05]); // syscall
    code.extend(text.as_bytes());

    let size = (HEADERS + code.len()) as u64;
    let mut elf = Vec::new();
    elf.extend(b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0");
    elf.extend([2, 0, 62, 0, 1, 0, 0, 0]); // an executable, x86_64, version 1
    for word in [BASE + HEADERS as u64, 64, 0] {
        elf.extend(word.to_le_bytes()); // entry, program headers, no section headers
    }
    elf.extend([0; 4]); // flags
    for half in [64_u16, 56, 1, 0, 0, 0] {
        elf.extend(half.to_le_bytes()); // sizes and counts of headers
    }
    elf.extend([1, 0, 0, 0, 5, 0, 0, 0]); // load, read and execute
    for word in [0, BASE, BASE, size, size, 0x1000] {
        elf.extend(word.to_le_bytes());
    }
    elf.extend(code);
    elf
}

//! Reading a part of a file that others append to.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

/// Reads from `offset` on until the buffer is full or the file ends; how many bytes.
///
/// # Errors
/// When the file cannot be read.
pub fn fill(file: &File, bytes: &mut [u8], offset: u64) -> io::Result<usize> {
    let mut filled = 0;
    while filled < bytes.len() {
        match file.read_at(&mut bytes[filled..], offset + filled as u64) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

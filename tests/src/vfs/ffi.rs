//! The virtual file system as SQLite calls it: one registration, whose paths say which machine's disk is meant.
//!
//! Each function turns SQLite's pointers into safe values, asks the disk and turns the answer into a result code;
//! nothing is decided here. The codes are the ones SQLite's own Unix file system gives for the same trouble.

#![allow(unsafe_code, reason = "SQLite calls a file system through C functions")]

use std::ffi::{CStr, c_char, c_int, c_void};
use std::ptr;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering, fence};

use rusqlite::ffi;

use super::chance::Chance;
use super::disk::{Disk, Refusal};
use super::handle::Handle;
use super::node::Level;
use super::shm::Missing;

/// The name under which SQLite knows this file system.
pub(super) const NAME: &CStr = c"kartka-memory";

/// Longest path: "/kartka-memory/", a number, a short name.
const LONGEST_PATH: c_int = 256;

/// Noon of 1 January 2020 in SQLite's Julian milliseconds; nothing in Kartka asks SQLite for the time.
const SOME_DAY: i64 = 212_444_640_000_000;

/// Registers the file system once for the life of the test program.
pub(super) fn register() {
    static REGISTERED: OnceLock<()> = OnceLock::new();
    REGISTERED.get_or_init(|| {
        let vfs = Box::leak(Box::new(ffi::sqlite3_vfs {
            iVersion: 2,
            szOsFile: size_of::<OpenFile>() as c_int,
            mxPathname: LONGEST_PATH,
            pNext: ptr::null_mut(),
            zName: NAME.as_ptr(),
            pAppData: ptr::null_mut(),
            xOpen: Some(open),
            xDelete: Some(delete),
            xAccess: Some(access),
            xFullPathname: Some(full_pathname),
            xDlOpen: None,
            xDlError: None,
            xDlSym: None,
            xDlClose: None,
            xRandomness: Some(randomness),
            xSleep: Some(sleep),
            xCurrentTime: Some(current_time),
            xGetLastError: Some(last_error),
            xCurrentTimeInt64: Some(current_time_ms),
            xSetSystemCall: None,
            xGetSystemCall: None,
            xNextSystemCall: None,
        }));
        // SAFETY: the structure is complete and, being leaked, lives as long as the program.
        let code = unsafe { ffi::sqlite3_vfs_register(vfs, 0) };
        assert_eq!(code, ffi::SQLITE_OK, "SQLite takes one more file system");
    });
}

/// SQLite's file object: its own part first, then ours.
#[repr(C)]
struct OpenFile {
    base: ffi::sqlite3_file,
    handle: *mut Handle,
}

static METHODS: ffi::sqlite3_io_methods = ffi::sqlite3_io_methods {
    iVersion: 2,
    xClose: Some(close),
    xRead: Some(read),
    xWrite: Some(write),
    xTruncate: Some(truncate),
    xSync: Some(sync),
    xFileSize: Some(file_size),
    xLock: Some(lock),
    xUnlock: Some(unlock),
    xCheckReservedLock: Some(check_reserved_lock),
    xFileControl: Some(file_control),
    xSectorSize: Some(sector_size),
    xDeviceCharacteristics: Some(device_characteristics),
    xShmMap: Some(shm_map),
    xShmLock: Some(shm_lock),
    xShmBarrier: Some(shm_barrier),
    xShmUnmap: Some(shm_unmap),
    xFetch: None,
    xUnfetch: None,
};

/// The handle behind SQLite's file object.
///
/// # Safety
/// `file` must be one that [`open`] filled and [`close`] has not seen, used by one thread at a time; both are what
/// SQLite promises to a file system.
unsafe fn handle<'f>(file: *mut ffi::sqlite3_file) -> &'f mut Handle {
    // SAFETY: by the promise above the object is ours and its handle is a live box nobody else borrows now.
    unsafe { &mut *(*file.cast::<OpenFile>()).handle }
}

/// The text of a path that SQLite passes.
///
/// # Safety
/// `path` must be null or a C string that lives as long as the answer is used.
unsafe fn text<'p>(path: *const c_char) -> Option<&'p str> {
    if path.is_null() {
        return None;
    }
    // SAFETY: not null, so a C string by the promise above.
    unsafe { CStr::from_ptr(path) }.to_str().ok()
}

fn code(result: Result<(), Refusal>, otherwise: c_int) -> c_int {
    match result {
        Ok(()) => ffi::SQLITE_OK,
        Err(Refusal::Full) => ffi::SQLITE_FULL,
        Err(Refusal::Dead | Refusal::ReadOnly | Refusal::Io) => otherwise,
    }
}

unsafe extern "C" fn open(
    _vfs: *mut ffi::sqlite3_vfs,
    path: ffi::sqlite3_filename,
    file: *mut ffi::sqlite3_file,
    flags: c_int,
    out_flags: *mut c_int,
) -> c_int {
    // SAFETY: SQLite passes room for an `OpenFile`, a path or null, and room for the flags or null.
    unsafe {
        // Without methods SQLite knows that there is nothing to close.
        (*file).pMethods = ptr::null();
        let Some((disk, name)) = text(path).and_then(Disk::find) else {
            return ffi::SQLITE_CANTOPEN;
        };
        let handle = match Handle::open(&disk, name, flags & ffi::SQLITE_OPEN_CREATE != 0) {
            Ok(handle) => handle,
            Err(_) => return ffi::SQLITE_CANTOPEN,
        };
        if !out_flags.is_null() {
            *out_flags = if disk.read_only() {
                flags & !ffi::SQLITE_OPEN_READWRITE | ffi::SQLITE_OPEN_READONLY
            } else {
                flags
            };
        }
        (*file.cast::<OpenFile>()).handle = Box::into_raw(Box::new(handle));
        (*file).pMethods = &METHODS;
    }
    ffi::SQLITE_OK
}

unsafe extern "C" fn close(file: *mut ffi::sqlite3_file) -> c_int {
    // SAFETY: SQLite closes a file once, and only one that `open` filled; the box is the one made there.
    unsafe {
        drop(Box::from_raw((*file.cast::<OpenFile>()).handle));
        (*file).pMethods = ptr::null();
    }
    ffi::SQLITE_OK
}

unsafe extern "C" fn read(
    file: *mut ffi::sqlite3_file,
    into: *mut c_void,
    bytes: c_int,
    at: ffi::sqlite3_int64,
) -> c_int {
    // SAFETY: SQLite passes room for `bytes` bytes.
    let (handle, into) = unsafe {
        let into = std::slice::from_raw_parts_mut(into.cast::<u8>(), bytes as usize);
        (handle(file), into)
    };
    match handle.read(at as usize, into) {
        Ok(found) if found == into.len() => ffi::SQLITE_OK,
        Ok(found) => {
            into[found..].fill(0);
            ffi::SQLITE_IOERR_SHORT_READ
        }
        Err(_) => ffi::SQLITE_IOERR_READ,
    }
}

unsafe extern "C" fn write(
    file: *mut ffi::sqlite3_file,
    from: *const c_void,
    bytes: c_int,
    at: ffi::sqlite3_int64,
) -> c_int {
    // SAFETY: SQLite passes `bytes` bytes.
    let (handle, from) = unsafe {
        let from = std::slice::from_raw_parts(from.cast::<u8>(), bytes as usize);
        (handle(file), from)
    };
    code(handle.write(at as usize, from), ffi::SQLITE_IOERR_WRITE)
}

unsafe extern "C" fn truncate(file: *mut ffi::sqlite3_file, bytes: ffi::sqlite3_int64) -> c_int {
    // SAFETY: SQLite passes a file that is open.
    let handle = unsafe { handle(file) };
    code(handle.truncate(bytes as usize), ffi::SQLITE_IOERR_TRUNCATE)
}

unsafe extern "C" fn sync(file: *mut ffi::sqlite3_file, _flags: c_int) -> c_int {
    // SAFETY: SQLite passes a file that is open.
    let handle = unsafe { handle(file) };
    code(handle.sync(), ffi::SQLITE_IOERR_FSYNC)
}

unsafe extern "C" fn file_size(
    file: *mut ffi::sqlite3_file,
    bytes: *mut ffi::sqlite3_int64,
) -> c_int {
    // SAFETY: SQLite passes a file that is open and room for the answer.
    unsafe {
        match handle(file).len() {
            Ok(len) => {
                *bytes = len as ffi::sqlite3_int64;
                ffi::SQLITE_OK
            }
            Err(_) => ffi::SQLITE_IOERR_FSTAT,
        }
    }
}

fn level(number: c_int) -> Level {
    match number {
        ffi::SQLITE_LOCK_SHARED => Level::Shared,
        ffi::SQLITE_LOCK_RESERVED => Level::Reserved,
        ffi::SQLITE_LOCK_PENDING => Level::Pending,
        ffi::SQLITE_LOCK_EXCLUSIVE => Level::Exclusive,
        _ => Level::None,
    }
}

fn lock_code(taken: Result<bool, Refusal>) -> c_int {
    match taken {
        Ok(true) => ffi::SQLITE_OK,
        Ok(false) => ffi::SQLITE_BUSY,
        Err(_) => ffi::SQLITE_IOERR_LOCK,
    }
}

unsafe extern "C" fn lock(file: *mut ffi::sqlite3_file, wanted: c_int) -> c_int {
    // SAFETY: SQLite passes a file that is open.
    lock_code(unsafe { handle(file) }.raise(level(wanted)))
}

unsafe extern "C" fn unlock(file: *mut ffi::sqlite3_file, wanted: c_int) -> c_int {
    // SAFETY: SQLite passes a file that is open.
    unsafe { handle(file) }.lower(level(wanted));
    ffi::SQLITE_OK
}

unsafe extern "C" fn check_reserved_lock(
    file: *mut ffi::sqlite3_file,
    answer: *mut c_int,
) -> c_int {
    // SAFETY: SQLite passes a file that is open and room for the answer.
    unsafe { *answer = c_int::from(handle(file).reserved()) };
    ffi::SQLITE_OK
}

unsafe extern "C" fn file_control(
    _file: *mut ffi::sqlite3_file,
    _op: c_int,
    _arg: *mut c_void,
) -> c_int {
    ffi::SQLITE_NOTFOUND
}

unsafe extern "C" fn sector_size(_file: *mut ffi::sqlite3_file) -> c_int {
    4096
}

unsafe extern "C" fn device_characteristics(_file: *mut ffi::sqlite3_file) -> c_int {
    // As on a phone: a cut write harms nothing outside its own bytes.
    ffi::SQLITE_IOCAP_POWERSAFE_OVERWRITE
}

unsafe extern "C" fn shm_map(
    file: *mut ffi::sqlite3_file,
    region: c_int,
    bytes: c_int,
    extend: c_int,
    into: *mut *mut c_void,
) -> c_int {
    let missing = if extend == 0 {
        Missing::Leave
    } else {
        Missing::Make
    };
    // SAFETY: SQLite passes a file that is open and room for the address.
    unsafe {
        match handle(file).shm_region(region as usize, bytes as usize, missing) {
            Ok(found) => {
                *into = found.map_or(ptr::null_mut(), |start| start.as_ptr().cast());
                ffi::SQLITE_OK
            }
            Err(_) => ffi::SQLITE_IOERR_SHMMAP,
        }
    }
}

unsafe extern "C" fn shm_lock(
    file: *mut ffi::sqlite3_file,
    first: c_int,
    count: c_int,
    flags: c_int,
) -> c_int {
    // SAFETY: SQLite passes a file that is open.
    let handle = unsafe { handle(file) };
    let slots = first as usize..(first + count) as usize;
    if flags & ffi::SQLITE_SHM_UNLOCK != 0 {
        handle.shm_unlock(slots);
        return ffi::SQLITE_OK;
    }
    lock_code(if flags & ffi::SQLITE_SHM_SHARED != 0 {
        handle.shm_lock_shared(slots)
    } else {
        handle.shm_lock_exclusive(slots)
    })
}

unsafe extern "C" fn shm_barrier(_file: *mut ffi::sqlite3_file) {
    fence(Ordering::SeqCst);
}

unsafe extern "C" fn shm_unmap(file: *mut ffi::sqlite3_file, _delete: c_int) -> c_int {
    // SAFETY: SQLite passes a file that is open; the memory goes with its last connection in any case.
    unsafe { handle(file) }.shm_leave();
    ffi::SQLITE_OK
}

unsafe extern "C" fn delete(
    _vfs: *mut ffi::sqlite3_vfs,
    path: *const c_char,
    _sync_folder: c_int,
) -> c_int {
    // SAFETY: SQLite passes a path.
    match unsafe { text(path) }.and_then(Disk::find) {
        None => ffi::SQLITE_IOERR_DELETE,
        Some((disk, name)) => match disk.delete(name) {
            Ok(true) => ffi::SQLITE_OK,
            Ok(false) => ffi::SQLITE_IOERR_DELETE_NOENT,
            Err(_) => ffi::SQLITE_IOERR_DELETE,
        },
    }
}

unsafe extern "C" fn access(
    _vfs: *mut ffi::sqlite3_vfs,
    path: *const c_char,
    flags: c_int,
    answer: *mut c_int,
) -> c_int {
    // SAFETY: SQLite passes a path and room for the answer.
    unsafe {
        let found = text(path).and_then(Disk::find).is_some_and(|(disk, name)| {
            let writes = flags == ffi::SQLITE_ACCESS_READWRITE;
            disk.node(name).is_some() && !(writes && disk.read_only())
        });
        *answer = c_int::from(found);
    }
    ffi::SQLITE_OK
}

unsafe extern "C" fn full_pathname(
    _vfs: *mut ffi::sqlite3_vfs,
    path: *const c_char,
    room: c_int,
    into: *mut c_char,
) -> c_int {
    // SAFETY: SQLite passes a path and `room` bytes for the answer.
    unsafe {
        let path = CStr::from_ptr(path).to_bytes_with_nul();
        if path.len() > room as usize {
            return ffi::SQLITE_CANTOPEN;
        }
        ptr::copy_nonoverlapping(path.as_ptr().cast(), into, path.len());
    }
    ffi::SQLITE_OK
}

unsafe extern "C" fn randomness(
    _vfs: *mut ffi::sqlite3_vfs,
    bytes: c_int,
    into: *mut c_char,
) -> c_int {
    static CALLS: AtomicU64 = AtomicU64::new(0);
    let mut chance = Chance::new(CALLS.fetch_add(1, Ordering::Relaxed));
    // SAFETY: SQLite passes room for `bytes` bytes.
    let into = unsafe { std::slice::from_raw_parts_mut(into.cast::<u8>(), bytes as usize) };
    into.fill_with(|| chance.next().to_le_bytes()[0]);
    bytes
}

unsafe extern "C" fn sleep(_vfs: *mut ffi::sqlite3_vfs, microseconds: c_int) -> c_int {
    // A test never waits; who holds the lock is a matter of its own steps.
    std::thread::yield_now();
    microseconds
}

unsafe extern "C" fn current_time(_vfs: *mut ffi::sqlite3_vfs, into: *mut f64) -> c_int {
    // SAFETY: SQLite passes room for the answer.
    unsafe { *into = SOME_DAY as f64 / 86_400_000.0 };
    ffi::SQLITE_OK
}

unsafe extern "C" fn current_time_ms(
    _vfs: *mut ffi::sqlite3_vfs,
    into: *mut ffi::sqlite3_int64,
) -> c_int {
    // SAFETY: SQLite passes room for the answer.
    unsafe { *into = SOME_DAY };
    ffi::SQLITE_OK
}

unsafe extern "C" fn last_error(
    _vfs: *mut ffi::sqlite3_vfs,
    _bytes: c_int,
    _into: *mut c_char,
) -> c_int {
    0
}

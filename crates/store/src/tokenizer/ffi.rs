//! The C side: how FTS5 calls the tokenizer. <https://sqlite.org/fts5.html#custom_tokenizers>

use std::ffi::{CStr, c_char, c_int, c_void};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr::{self, NonNull};

use rusqlite::{Connection, ffi};

use super::scan::{Mode, tokenize};

const NAME: &CStr = c"fluxchat";

/// Fetches the FTS5 API of a connection and adds the tokenizer to it.
#[allow(unsafe_code)]
pub(super) fn register(conn: &Connection) -> rusqlite::Result<()> {
    // SAFETY: the handle is open as long as `conn` is borrowed, and is used on this thread only.
    unsafe {
        let db = conn.handle();
        let api = fts5_api(db)?;
        let create = (*api)
            .xCreateTokenizer
            .ok_or_else(|| error(ffi::SQLITE_MISUSE))?;
        let mut tokenizer = ffi::fts5_tokenizer {
            xCreate: Some(create_instance),
            xDelete: Some(delete_instance),
            xTokenize: Some(tokenize_text),
        };
        // FTS5 copies the struct; there is no user data to destroy.
        check(create(
            api,
            NAME.as_ptr(),
            ptr::null_mut(),
            &raw mut tokenizer,
            None,
        ))
    }
}

/// # Safety
/// `db` must be an open connection.
#[allow(unsafe_code)]
unsafe fn fts5_api(db: *mut ffi::sqlite3) -> rusqlite::Result<*mut ffi::fts5_api> {
    let mut statement = ptr::null_mut();
    let mut api: *mut ffi::fts5_api = ptr::null_mut();
    // SAFETY: the statement is finalized before `api`, which it writes to, goes out of scope; the
    // pointer type name is the one FTS5 documents.
    unsafe {
        let mut code = ffi::sqlite3_prepare_v2(
            db,
            c"SELECT fts5(?1)".as_ptr(),
            -1,
            &raw mut statement,
            ptr::null_mut(),
        );
        if code == ffi::SQLITE_OK {
            code = ffi::sqlite3_bind_pointer(
                statement,
                1,
                (&raw mut api).cast::<c_void>(),
                c"fts5_api_ptr".as_ptr(),
                None,
            );
            if code == ffi::SQLITE_OK {
                ffi::sqlite3_step(statement);
            }
            let finalized = ffi::sqlite3_finalize(statement);
            if code == ffi::SQLITE_OK {
                code = finalized;
            }
        }
        check(code)?;
    }
    if api.is_null() {
        return Err(error(ffi::SQLITE_ERROR));
    }
    Ok(api)
}

fn check(code: c_int) -> rusqlite::Result<()> {
    if code == ffi::SQLITE_OK {
        Ok(())
    } else {
        Err(error(code))
    }
}

fn error(code: c_int) -> rusqlite::Error {
    rusqlite::Error::SqliteFailure(ffi::Error::new(code), None)
}

#[allow(unsafe_code)]
unsafe extern "C" fn create_instance(
    _user_data: *mut c_void,
    _args: *mut *const c_char,
    _arg_count: c_int,
    out: *mut *mut ffi::Fts5Tokenizer,
) -> c_int {
    // SAFETY: FTS5 passes a valid place for the result. There is no state, so the instance is a
    // pointer that is never read; it must only not be null.
    unsafe { *out = NonNull::dangling().as_ptr() };
    ffi::SQLITE_OK
}

#[allow(unsafe_code)]
unsafe extern "C" fn delete_instance(_instance: *mut ffi::Fts5Tokenizer) {}

type TokenCallback = unsafe extern "C" fn(
    context: *mut c_void,
    flags: c_int,
    token: *const c_char,
    token_bytes: c_int,
    start: c_int,
    end: c_int,
) -> c_int;

#[allow(unsafe_code)]
unsafe extern "C" fn tokenize_text(
    _instance: *mut ffi::Fts5Tokenizer,
    context: *mut c_void,
    flags: c_int,
    text: *const c_char,
    text_bytes: c_int,
    token_callback: Option<TokenCallback>,
) -> c_int {
    let Some(callback) = token_callback else {
        return ffi::SQLITE_MISUSE;
    };
    let bytes: &[u8] = match usize::try_from(text_bytes) {
        Ok(length) if length > 0 && !text.is_null() => {
            // SAFETY: FTS5 passes `text_bytes` readable bytes that live until this call returns.
            unsafe { std::slice::from_raw_parts(text.cast::<u8>(), length) }
        }
        _ => return ffi::SQLITE_OK,
    };
    let mode = if flags & ffi::FTS5_TOKENIZE_QUERY == 0 {
        Mode::Document
    } else {
        Mode::Query
    };
    // A panic must not unwind into C.
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        tokenize(bytes, mode, &mut |token| {
            let place = |offset: usize| c_int::try_from(offset).map_err(|_| ffi::SQLITE_TOOBIG);
            let (start, end) = (place(token.start)?, place(token.end)?);
            let length = place(token.text.len())?;
            let flags = if token.colocated {
                ffi::FTS5_TOKEN_COLOCATED
            } else {
                0
            };
            // SAFETY: `context` and the callback belong together and are valid during this call;
            // FTS5 copies the term.
            let code = unsafe {
                callback(
                    context,
                    flags,
                    token.text.as_ptr().cast::<c_char>(),
                    length,
                    start,
                    end,
                )
            };
            if code == ffi::SQLITE_OK {
                Ok(())
            } else {
                Err(code)
            }
        })
    }));
    match outcome {
        Ok(Ok(())) => ffi::SQLITE_OK,
        Ok(Err(code)) => code,
        Err(_) => ffi::SQLITE_ERROR,
    }
}

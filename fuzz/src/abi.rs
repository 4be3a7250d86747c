//! The C ABI with raw pointers: lengths that do not fit their bytes, buffers of exactly the size that is said (the address
//! sanitizer sees one byte more), NULL anywhere. A status that is documented, spans inside the buffer, never `internal`.

use crate::Pieces;
use crate::support::table::{Case, TABLE};
use paysig_abi as _;
use std::ffi::c_void;
use std::ptr::{null, null_mut};

const OK: u32 = 0;
const BUFFER_TOO_SMALL: u32 = 102;
const INTERNAL: u32 = 255;

#[repr(C)]
struct PaysigError {
    struct_size: u32,
    status: u32,
    http: u32,
    reserved: u32,
    field: [u8; 64],
    message: [u8; 240],
}

#[repr(C)]
#[derive(Clone, Copy, Default)]
struct Span {
    offset: usize,
    length: usize,
}

#[repr(C)]
#[derive(Default)]
struct Signed {
    struct_size: u32,
    present: u32,
    spans: [Span; 8],
}

#[repr(C)]
#[derive(Default)]
struct Verified {
    struct_size: u32,
    present: u32,
    covers: u32,
    key_index: u32,
    items: u32,
    reserved: u32,
    timestamp_ms: i64,
    spans: [Span; 6],
}

type Bytes = *const c_void;
type Handle = *mut c_void;
type Out = *mut c_void;

#[rustfmt::skip]
unsafe extern "C" {
    fn paysig_scheme_builtin(id: Bytes, len: usize, out: *mut Handle, err: *mut PaysigError) -> u32;
    fn paysig_scheme_from_toml(toml: Bytes, len: usize, file: Bytes, file_len: usize, out: *mut Handle, err: *mut PaysigError) -> u32;
    fn paysig_scheme_free(scheme: Handle);
    fn paysig_signer_new(scheme: Handle, flow: u32, keys: Bytes, keys_len: usize, keys_lens: Bytes, keys_n: usize,
        options: Bytes, options_len: usize, options_lens: Bytes, options_n: usize, out: *mut Handle, err: *mut PaysigError) -> u32;
    fn paysig_signer_free(signer: Handle);
    fn paysig_keyring_new(out: *mut Handle, err: *mut PaysigError) -> u32;
    fn paysig_keyring_add(ring: Handle, keys: Bytes, keys_len: usize, keys_lens: Bytes, keys_n: usize,
        not_before: i64, not_after: i64, err: *mut PaysigError) -> u32;
    fn paysig_keyring_free(ring: Handle);
    fn paysig_verifier_new(scheme: Handle, flow: u32, ring: Handle, options: Bytes, options_len: usize, options_lens: Bytes,
        options_n: usize, out: *mut Handle, err: *mut PaysigError) -> u32;
    fn paysig_verifier_free(verifier: Handle);
    fn paysig_sign(signer: Handle, method: Bytes, method_len: usize, target: Bytes, target_len: usize, url: Bytes, url_len: usize,
        headers: Bytes, headers_len: usize, headers_lens: Bytes, headers_n: usize, body: Bytes, body_len: usize, now: i64,
        options: Bytes, options_len: usize, options_lens: Bytes, options_n: usize,
        out: Out, out_cap: usize, out_len: *mut usize, result: *mut Signed, err: *mut PaysigError) -> u32;
    fn paysig_verify(verifier: Handle, method: Bytes, method_len: usize, target: Bytes, target_len: usize, url: Bytes, url_len: usize,
        headers: Bytes, headers_len: usize, headers_lens: Bytes, headers_n: usize, body: Bytes, body_len: usize, now: i64,
        want: u32, out: Out, out_cap: usize, out_len: *mut usize, result: *mut Verified, err: *mut PaysigError) -> u32;
    fn paysig_sign_packed(signer: Handle, packed: Bytes, packed_len: usize, body: Bytes, body_len: usize, out: Out, out_cap: usize,
        out_len: *mut usize, err: *mut PaysigError) -> u32;
    fn paysig_verify_packed(verifier: Handle, packed: Bytes, packed_len: usize, body: Bytes, body_len: usize, out: Out,
        out_cap: usize, out_len: *mut usize, err: *mut PaysigError) -> u32;
    fn paysig_explain(scheme: Handle, flow: u32, ring: Handle, method: Bytes, method_len: usize, target: Bytes, target_len: usize,
        url: Bytes, url_len: usize, headers: Bytes, headers_len: usize, headers_lens: Bytes, headers_n: usize, body: Bytes,
        body_len: usize, now: i64, options: Bytes, options_len: usize, options_lens: Bytes, options_n: usize,
        out: Out, out_cap: usize, out_len: *mut usize, err: *mut PaysigError) -> u32;
    fn paysig_stream_verify(verifier: Handle, method: Bytes, method_len: usize, target: Bytes, target_len: usize, url: Bytes,
        url_len: usize, headers: Bytes, headers_len: usize, headers_lens: Bytes, headers_n: usize, body_length: u64, now: i64,
        out: *mut Handle, err: *mut PaysigError) -> u32;
    fn paysig_stream_update(stream: Handle, body: Bytes, len: usize, err: *mut PaysigError) -> u32;
    fn paysig_stream_verified(stream: Handle, want: u32, out: Out, out_cap: usize, out_len: *mut usize, result: *mut Verified,
        err: *mut PaysigError) -> u32;
    fn paysig_stream_free(stream: Handle);
}

/// Bytes and lengths as C passes them: on the heap, exactly as long as they are said to be. An empty piece is NULL.
struct Pairs {
    bytes: Box<[u8]>,
    lens: Box<[u32]>,
}

impl Pairs {
    fn of<'p>(pairs: impl Iterator<Item = (&'p [u8], &'p [u8])>) -> Pairs {
        let (mut bytes, mut lens) = (Vec::new(), Vec::new());
        for (name, value) in pairs {
            bytes.extend([name, value].concat());
            lens.extend([name.len() as u32, value.len() as u32]);
        }
        Pairs {
            bytes: bytes.into(),
            lens: lens.into(),
        }
    }

    /// Pairs whose lengths are whatever the input says.
    fn wild(bytes: &[u8], lens: &[u8]) -> Pairs {
        let length = |b: &u8| match b {
            255 => u32::MAX,
            b => u32::from(*b),
        };
        Pairs {
            bytes: bytes.into(),
            lens: lens.iter().map(length).collect(),
        }
    }

    fn pass(&self) -> (Bytes, usize, Bytes, usize) {
        let (bytes, len) = pointer(&self.bytes);
        let lens = match self.lens.len() {
            0 => null(),
            _ => self.lens.as_ptr().cast(),
        };
        (bytes, len, lens, self.lens.len() / 2)
    }
}

fn pointer(bytes: &[u8]) -> (Bytes, usize) {
    match bytes.len() {
        0 => (null(), 0),
        n => (bytes.as_ptr().cast(), n),
    }
}

fn status(status: u32) -> u32 {
    assert_ne!(status, INTERNAL, "a panic was caught at the boundary");
    assert!(status <= 29 || (100..=103).contains(&status), "{status}");
    status
}

/// Runs a call that writes into a buffer, first one that may be too small, then one of the size it names.
fn with_buffer(cap: usize, mut call: impl FnMut(&mut [u8], &mut usize) -> u32) -> (u32, usize) {
    let (mut buffer, mut len) = (vec![0; cap].into_boxed_slice(), 0);
    let first = status(call(&mut buffer, &mut len));
    if first != BUFFER_TOO_SMALL {
        assert!(first != OK || len <= cap);
        return (first, len);
    }
    assert!(len > cap && len < 1 << 28, "{len} of {cap}");
    let wanted = len;
    buffer = vec![0; wanted].into_boxed_slice();
    let second = status(call(&mut buffer, &mut len));
    assert_ne!(second, BUFFER_TOO_SMALL, "the size it named was too small");
    (second, len)
}

fn inside(spans: &[Span], len: usize) {
    for span in spans {
        let end = span.offset.checked_add(span.length);
        assert!(
            end.is_some_and(|e| e <= len),
            "{}+{} of {len}",
            span.offset,
            span.length
        );
    }
}

pub fn run(data: &[u8]) {
    let mut pieces = Pieces::new(data);
    let number = pieces.number();
    let quick: Vec<&Case> = TABLE.iter().filter(|c| !c.slow).collect();
    let case = quick[number % quick.len()];
    let mode = pieces.number();
    let cap = pieces.number() % 8192;
    let toml: Box<[u8]> = pieces.next().into();
    let [method, target, url, body]: [Box<[u8]>; 4] = std::array::from_fn(|_| pieces.next().into());
    let (wild_bytes, wild_lens) = (pieces.next(), pieces.next());
    let headers = match mode & 1 {
        0 => Pairs::of(pieces.pairs().into_iter()),
        _ => Pairs::wild(wild_bytes, wild_lens),
    };
    let own = case
        .verify
        .iter()
        .map(|(n, v)| (n.as_bytes(), v.as_bytes()));
    let keys = match mode & 2 {
        0 => Pairs::of(own),
        _ => Pairs::wild(wild_bytes, wild_lens),
    };
    let options = match mode & 4 {
        0 => Pairs::wild(&[], &[]),
        _ => Pairs::wild(wild_bytes, wild_lens),
    };
    let flow = match mode & 8 {
        0 => case.flow as u32 + 1,
        _ => mode as u32,
    };
    // As it comes: a whole call, or cut or broken anywhere.
    let packed: Box<[u8]> = wild_bytes.into();
    let now = match mode & 16 {
        0 => 1_709_629_687_000,
        _ => [i64::MIN, i64::MAX, -1, 0][mode / 32 % 4],
    };
    let ((m, m_len), (t, t_len), (u, u_len), (b, b_len)) = (
        pointer(&method),
        pointer(&target),
        pointer(&url),
        pointer(&body),
    );
    let (k, k_len, k_lens, k_n) = keys.pass();
    let (h, h_len, h_lens, h_n) = headers.pass();
    let (o, o_len, o_lens, o_n) = options.pass();
    let mut error = PaysigError {
        struct_size: size_of::<PaysigError>() as u32,
        status: 0,
        http: 0,
        reserved: 0,
        field: [0; 64],
        message: [0; 240],
    };
    let err: *mut PaysigError = &mut error;
    let (mut scheme, mut signer, mut ring, mut verifier, mut stream): (
        Handle,
        Handle,
        Handle,
        Handle,
        Handle,
    ) = (null_mut(), null_mut(), null_mut(), null_mut(), null_mut());

    // SAFETY: every pointer is NULL with length 0 or valid for its length; handles are NULL or made by their function and freed once.
    unsafe {
        if toml.is_empty() {
            let id = case.id.as_bytes();
            status(paysig_scheme_builtin(
                id.as_ptr().cast(),
                id.len(),
                &mut scheme,
                err,
            ));
        } else {
            let (toml, toml_len) = pointer(&toml);
            status(paysig_scheme_from_toml(
                toml,
                toml_len,
                u,
                u_len,
                &mut scheme,
                err,
            ));
        }
        status(paysig_signer_new(
            scheme,
            flow,
            k,
            k_len,
            k_lens,
            k_n,
            o,
            o_len,
            o_lens,
            o_n,
            &mut signer,
            err,
        ));
        status(paysig_keyring_new(&mut ring, err));
        status(paysig_keyring_add(
            ring,
            k,
            k_len,
            k_lens,
            k_n,
            i64::MAX,
            i64::MAX,
            err,
        ));
        status(paysig_verifier_new(
            scheme,
            flow,
            ring,
            o,
            o_len,
            o_lens,
            o_n,
            &mut verifier,
            err,
        ));

        let mut signed = Signed {
            struct_size: size_of::<Signed>() as u32,
            ..Signed::default()
        };
        let (done, len) = with_buffer(cap, |buffer, out_len| {
            paysig_sign(
                signer,
                m,
                m_len,
                t,
                t_len,
                u,
                u_len,
                h,
                h_len,
                h_lens,
                h_n,
                b,
                b_len,
                now,
                o,
                o_len,
                o_lens,
                o_n,
                buffer.as_mut_ptr().cast(),
                buffer.len(),
                out_len,
                &mut signed,
                err,
            )
        });
        if done == OK {
            inside(&signed.spans, len);
        }
        let mut verified = Verified {
            struct_size: size_of::<Verified>() as u32,
            ..Verified::default()
        };
        let (done, len) = with_buffer(cap, |buffer, out_len| {
            paysig_verify(
                verifier,
                m,
                m_len,
                t,
                t_len,
                u,
                u_len,
                h,
                h_len,
                h_lens,
                h_n,
                b,
                b_len,
                now,
                (mode / 128) as u32 & 7,
                buffer.as_mut_ptr().cast(),
                buffer.len(),
                out_len,
                &mut verified,
                err,
            )
        });
        if done == OK {
            inside(&verified.spans, len);
        }
        let (p, p_len) = pointer(&packed);
        with_buffer(cap, |buffer, out_len| {
            let (out, out_cap) = (buffer.as_mut_ptr().cast(), buffer.len());
            paysig_sign_packed(signer, p, p_len, b, b_len, out, out_cap, out_len, err)
        });
        with_buffer(cap, |buffer, out_len| {
            let (out, out_cap) = (buffer.as_mut_ptr().cast(), buffer.len());
            paysig_verify_packed(verifier, p, p_len, b, b_len, out, out_cap, out_len, err)
        });
        with_buffer(cap, |buffer, out_len| {
            paysig_explain(
                scheme,
                flow,
                ring,
                m,
                m_len,
                t,
                t_len,
                u,
                u_len,
                h,
                h_len,
                h_lens,
                h_n,
                b,
                b_len,
                now,
                o,
                o_len,
                o_lens,
                o_n,
                buffer.as_mut_ptr().cast(),
                buffer.len(),
                out_len,
                err,
            )
        });
        let length = b_len as u64 + (mode as u64 >> 10);
        status(paysig_stream_verify(
            verifier,
            m,
            m_len,
            t,
            t_len,
            u,
            u_len,
            h,
            h_len,
            h_lens,
            h_n,
            length,
            now,
            &mut stream,
            err,
        ));
        status(paysig_stream_update(stream, b, b_len, err));
        with_buffer(cap, |buffer, out_len| {
            paysig_stream_verified(
                stream,
                7,
                buffer.as_mut_ptr().cast(),
                buffer.len(),
                out_len,
                &mut verified,
                err,
            )
        });
        paysig_stream_free(stream);
        paysig_verifier_free(verifier);
        paysig_signer_free(signer);
        paysig_keyring_free(ring);
        paysig_scheme_free(scheme);
    }
    // Text of the error ends inside its array.
    assert!(error.field.contains(&0) && error.message.contains(&0));
}

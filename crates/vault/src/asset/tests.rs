use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use fluxchat_model::Secret;
use proptest::prelude::*;
use tempfile::TempDir;

use super::{
    AssetError, AssetKey, AssetReader, AssetWriter, CHUNK_BYTES, HEADER_BYTES, TAG_BYTES,
    WrittenAsset, new_key,
};

const SEALED: usize = CHUNK_BYTES + TAG_BYTES;

fn content(len: usize) -> Vec<u8> {
    // 251 is prime, so no two chunks are alike.
    (0..len)
        .map(|i| u8::try_from((i + i / 251) % 251).unwrap())
        .collect()
}

fn written(content: &[u8]) -> (TempDir, PathBuf, AssetKey, WrittenAsset) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("asset");
    let key = new_key().unwrap();
    let mut writer = AssetWriter::create(&path, &key).unwrap();
    writer.write_all(content).unwrap();
    let asset = writer.finish().unwrap();
    (dir, path, key, asset)
}

fn read_all(path: &Path, key: &AssetKey) -> Result<Vec<u8>, AssetError> {
    let mut reader = AssetReader::open(path, key)?;
    let len = usize::try_from(reader.len()).unwrap();
    reader.read_range(0, len)
}

#[test]
fn content_comes_back_at_every_length_around_a_chunk() {
    for len in [
        0,
        1,
        CHUNK_BYTES - 1,
        CHUNK_BYTES,
        CHUNK_BYTES + 1,
        2 * CHUNK_BYTES,
        3 * CHUNK_BYTES + 7,
    ] {
        let content = content(len);
        let (_dir, path, key, asset) = written(&content);
        assert_eq!(asset.size, len as u64);
        let reader = AssetReader::open(&path, &key).unwrap();
        assert_eq!(reader.len(), len as u64);
        assert_eq!(reader.is_empty(), len == 0);
        assert_eq!(read_all(&path, &key).unwrap(), content, "{len} bytes");
        let chunks = len.div_ceil(CHUNK_BYTES).max(1);
        assert_eq!(
            fs::metadata(&path).unwrap().len(),
            (HEADER_BYTES + len + chunks * TAG_BYTES) as u64
        );
    }
}

#[test]
fn another_key_opens_nothing() {
    let (_dir, path, _, _) = written(b"hello");
    assert!(matches!(
        AssetReader::open(&path, &new_key().unwrap()),
        Err(AssetError::Damaged)
    ));
}

#[test]
fn moved_repeated_and_missing_chunks_are_refused() {
    let original = content(3 * CHUNK_BYTES + 100);
    let (dir, path, key, _) = written(&original);
    let bytes = fs::read(&path).unwrap();
    let chunk =
        |n: usize| HEADER_BYTES + n * SEALED..(HEADER_BYTES + (n + 1) * SEALED).min(bytes.len());
    let with = |parts: &[&[u8]]| parts.concat();
    let header = &bytes[..HEADER_BYTES];
    let cases = [
        (
            "swapped",
            with(&[
                header,
                &bytes[chunk(1)],
                &bytes[chunk(0)],
                &bytes[chunk(2)],
                &bytes[chunk(3)],
            ]),
        ),
        (
            "repeated",
            with(&[
                header,
                &bytes[chunk(0)],
                &bytes[chunk(0)],
                &bytes[chunk(2)],
                &bytes[chunk(3)],
            ]),
        ),
        (
            "left out",
            with(&[header, &bytes[chunk(0)], &bytes[chunk(2)], &bytes[chunk(3)]]),
        ),
        ("end cut at a chunk", bytes[..chunk(3).start].to_vec()),
        ("end cut in a chunk", bytes[..bytes.len() - 1].to_vec()),
        ("only the header", header.to_vec()),
        ("nothing", Vec::new()),
        ("something appended", with(&[&bytes, b"x"])),
        ("the last chunk twice", with(&[&bytes, &bytes[chunk(3)]])),
    ];
    for (name, damaged) in cases {
        let path = dir.path().join("damaged");
        fs::write(&path, damaged).unwrap();
        assert!(
            matches!(read_all(&path, &key), Err(AssetError::Damaged)),
            "{name}"
        );
    }
    let (_dir, other, _, _) = written(&original);
    let foreign = fs::read(other).unwrap();
    let path = dir.path().join("foreign");
    fs::write(
        &path,
        with(&[header, &foreign[chunk(0)], &bytes[HEADER_BYTES + SEALED..]]),
    )
    .unwrap();
    assert!(matches!(read_all(&path, &key), Err(AssetError::Damaged)));
}

#[test]
fn a_range_touches_only_its_chunks() {
    let original = content(4 * CHUNK_BYTES);
    let (_dir, path, key, _) = written(&original);
    let mut bytes = fs::read(&path).unwrap();
    bytes[HEADER_BYTES + SEALED + 5] ^= 1;
    fs::write(&path, bytes).unwrap();
    let mut reader = AssetReader::open(&path, &key).unwrap();
    let at = 2 * CHUNK_BYTES + 10;
    assert_eq!(
        reader.read_range(at as u64, 500).unwrap(),
        original[at..at + 500]
    );
    assert_eq!(reader.read_range(0, 10).unwrap(), original[..10]);
    assert!(matches!(
        reader.read_range(CHUNK_BYTES as u64, 1),
        Err(AssetError::Damaged)
    ));
    assert_eq!(reader.read_range(0, 10).unwrap(), original[..10]);
    assert!(reader.read_range(u64::MAX, usize::MAX).unwrap().is_empty());
}

#[test]
fn plaintext_is_in_no_file_and_an_unfinished_one_leaves_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("asset");
    let key = new_key().unwrap();
    let canary = b"canary-canary-canary".repeat(20_000);
    let mut writer = AssetWriter::create(&path, &key).unwrap();
    writer.write_all(&canary).unwrap();
    for entry in fs::read_dir(dir.path()).unwrap() {
        let bytes = fs::read(entry.unwrap().path()).unwrap();
        assert!(bytes.len() > CHUNK_BYTES);
        assert!(!bytes.windows(6).any(|part| part == b"canary"));
    }
    assert!(!path.exists(), "it has its name only when it is whole");
    drop(writer);
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
    let mut writer = AssetWriter::create(&path, &key).unwrap();
    writer.write_all(b"x").unwrap();
    writer.finish().unwrap();
    assert!(matches!(
        AssetWriter::create(&path, &key),
        Err(AssetError::Io(_))
    ));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}

#[test]
fn the_content_hash_depends_on_content_and_key() {
    let dir = tempfile::tempdir().unwrap();
    let hash = |name: &str, key: &AssetKey, content: &[u8]| {
        let mut writer = AssetWriter::create(&dir.path().join(name), key).unwrap();
        writer.write_all(content).unwrap();
        writer.finish().unwrap().content_hash
    };
    let (one, two) = (Secret::new([1; 32]), Secret::new([2; 32]));
    let first = hash("a", &one, b"content");
    assert_eq!(first, hash("b", &one, b"content"));
    assert_ne!(first, hash("c", &one, b"Content"));
    assert_ne!(first, hash("d", &two, b"content"));
    assert_ne!(
        fs::read(dir.path().join("a")).unwrap(),
        fs::read(dir.path().join("b")).unwrap(),
        "the same content twice is not recognisable"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_writes_and_any_range(
        len in 0usize..200_000,
        steps in proptest::collection::vec(1usize..90_000, 1..6),
        ranges in proptest::collection::vec((0u64..210_000, 0usize..150_000), 1..6),
    ) {
        let content = content(len);
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("asset");
        let key = new_key().unwrap();
        let mut writer = AssetWriter::create(&path, &key).unwrap();
        let mut rest = &content[..];
        for step in steps.iter().cycle() {
            if rest.is_empty() {
                break;
            }
            let (now, later) = rest.split_at(rest.len().min(*step));
            writer.write_all(now).unwrap();
            rest = later;
        }
        prop_assert_eq!(writer.finish().unwrap().size, len as u64);
        let mut reader = AssetReader::open(&path, &key).unwrap();
        for (offset, count) in ranges {
            let from = len.min(usize::try_from(offset).unwrap());
            let to = len.min(from + count);
            prop_assert_eq!(&reader.read_range(offset, count).unwrap()[..], &content[from..to]);
        }
    }

    #[test]
    fn any_flipped_bit_is_noticed(len in 0usize..150_000, at in any::<prop::sample::Index>(), bit in 0u8..8) {
        let (_dir, path, key, _) = written(&content(len));
        let mut bytes = fs::read(&path).unwrap();
        let at = at.index(bytes.len());
        bytes[at] ^= 1 << bit;
        fs::write(&path, bytes).unwrap();
        prop_assert!(matches!(read_all(&path, &key), Err(AssetError::Damaged)));
    }

    #[test]
    fn any_file_is_survived(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("asset");
        fs::write(&path, bytes).unwrap();
        prop_assert!(AssetReader::open(&path, &new_key().unwrap()).is_err());
    }
}

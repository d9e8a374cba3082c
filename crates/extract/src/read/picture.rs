//! A picture is decoded and written anew: what its file told besides is not in the new one.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::PngEncoder;
use image::imageops::FilterType;
use image::{DynamicImage, ImageDecoder as _, ImageFormat, ImageReader, Limits};

use crate::answer::Picture;
use crate::{LONGEST_SIDE, ReadError};

/// The most pixels of a side, and memory, before scaling.
const WIDEST: u32 = 30_000;
const MEMORY: u64 = 1 << 30;
/// A picture without losses that is larger than this is written with them.
const LARGEST_LOSSLESS: usize = 3 << 20;
/// The largest picture, which as Base64 takes the 5 MB that Anthropic allows; others allow more.
const LARGEST: usize = (5 << 20) / 4 * 3;
const QUALITY: u8 = 88;

pub(super) fn read(bytes: &[u8]) -> Result<Picture, ReadError> {
    let mut reader = ImageReader::new(Cursor::new(bytes))
        .with_guessed_format()
        .map_err(|_| ReadError::Damaged)?;
    let format = reader.format().ok_or(ReadError::Damaged)?;
    let mut limits = Limits::default();
    limits.max_image_width = Some(WIDEST);
    limits.max_image_height = Some(WIDEST);
    limits.max_alloc = Some(MEMORY);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(|error| why(&error))?;
    let orientation = decoder.orientation().ok();
    let had_details = has_details(&mut decoder, bytes, format);
    let mut image = DynamicImage::from_decoder(decoder).map_err(|error| why(&error))?;
    if let Some(orientation) = orientation {
        image.apply_orientation(orientation);
    }
    let mut was_scaled = image.width() > LONGEST_SIDE || image.height() > LONGEST_SIDE;
    if was_scaled {
        image = image.resize(LONGEST_SIDE, LONGEST_SIDE, FilterType::Triangle);
    }
    let (mut media_type, mut bytes) = written(&image, format)?;
    while bytes.len() > LARGEST {
        let (width, height) = (image.width() * 3 / 4, image.height() * 3 / 4);
        image = image.resize(width, height, FilterType::Triangle);
        was_scaled = true;
        (media_type, bytes) = written(&image, format)?;
    }
    Ok(Picture {
        media_type: media_type.to_owned(),
        width: image.width(),
        height: image.height(),
        had_details,
        was_scaled,
        bytes,
    })
}

fn written(
    image: &DynamicImage,
    format: ImageFormat,
) -> Result<(&'static str, Vec<u8>), ReadError> {
    let mut bytes = Vec::new();
    let has_alpha = is_transparent(image);
    if format != ImageFormat::Jpeg {
        let eight = if has_alpha {
            DynamicImage::ImageRgba8(image.to_rgba8())
        } else {
            DynamicImage::ImageRgb8(image.to_rgb8())
        };
        eight
            .write_with_encoder(PngEncoder::new(&mut bytes))
            .map_err(|_| ReadError::Damaged)?;
        if has_alpha || bytes.len() <= LARGEST_LOSSLESS {
            return Ok(("image/png", bytes));
        }
        bytes.clear();
    }
    DynamicImage::ImageRgb8(image.to_rgb8())
        .write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, QUALITY))
        .map_err(|_| ReadError::Damaged)?;
    Ok(("image/jpeg", bytes))
}

/// Whether something shows through. Many pictures could say so and do not: those of screens, for
/// example.
fn is_transparent(image: &DynamicImage) -> bool {
    image.color().has_alpha() && image.to_rgba8().pixels().any(|pixel| pixel.0[3] < u8::MAX)
}

/// Whether the file tells more than the picture: Exif, XMP, IPTC, or comments.
fn has_details(decoder: &mut impl image::ImageDecoder, bytes: &[u8], format: ImageFormat) -> bool {
    let told = [
        decoder.exif_metadata().ok().flatten(),
        decoder.xmp_metadata().ok().flatten(),
        decoder.iptc_metadata().ok().flatten(),
    ];
    let texts: &[&[u8]] = match format {
        ImageFormat::Png => &[b"tEXt", b"iTXt", b"zTXt", b"eXIf"],
        ImageFormat::Jpeg => &[b"Exif\0\0", b"http://ns.adobe.com/xap/"],
        ImageFormat::WebP => &[b"EXIF", b"XMP "],
        _ => &[],
    };
    told.iter().any(Option::is_some)
        || texts
            .iter()
            .any(|mark| bytes.windows(mark.len()).any(|at| at == *mark))
}

fn why(error: &image::ImageError) -> ReadError {
    match error {
        image::ImageError::Limits(_) => ReadError::TooLarge,
        _ => ReadError::Damaged,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A picture that nothing makes smaller: noise, with this much shining through.
    fn noise(side: u32, alpha: u8) -> Vec<u8> {
        let mut state = 1_u32;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state.to_be_bytes()
        };
        let image = image::RgbaImage::from_fn(side, side, |_, _| {
            let [red, green, blue, _] = next();
            image::Rgba([red, green, blue, alpha])
        });
        let mut bytes = Vec::new();
        DynamicImage::ImageRgba8(image)
            .write_with_encoder(PngEncoder::new(&mut bytes))
            .unwrap();
        bytes
    }

    #[test]
    fn no_picture_is_larger_than_a_source_takes() {
        let bytes = noise(1_200, 128);
        assert!(bytes.len() > LARGEST, "the control arm");
        let seen = read(&bytes).unwrap();
        assert_eq!(seen.media_type, "image/png", "what shines through is kept");
        assert!(seen.bytes.len() <= LARGEST, "{}", seen.bytes.len());
        assert!(seen.was_scaled && seen.width < 1_200 && seen.width == seen.height);
        let small = read(&noise(100, 128)).unwrap();
        assert!(!small.was_scaled && small.width == 100);
    }

    #[test]
    fn a_picture_through_which_nothing_shines_is_as_one_that_could_not() {
        let seen = read(&noise(1_200, u8::MAX)).unwrap();
        assert_eq!(seen.media_type, "image/jpeg");
        assert!(!seen.was_scaled && seen.width == 1_200);
    }
}

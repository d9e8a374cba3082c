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
    let was_scaled = image.width() > LONGEST_SIDE || image.height() > LONGEST_SIDE;
    if was_scaled {
        image = image.resize(LONGEST_SIDE, LONGEST_SIDE, FilterType::Triangle);
    }
    let (media_type, bytes) = written(&image, format)?;
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
    let has_alpha = image.color().has_alpha();
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

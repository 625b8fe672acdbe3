//! The contrast of every text colour with its background, by WCAG 2.2, in both colour schemes.

use std::{collections::BTreeMap, fs};

use rollcall::ui::theme::Theme;

const SCHEMES: [&str; 2] = ["light", "dark"];

/// OKLCH: lightness from 0 to 1, chroma, hue in degrees.
type Color = [f64; 3];

#[test]
fn text_has_enough_contrast_on_every_background() {
    let tokens = tokens();
    let mut faint = Vec::new();
    for (text, grounds) in [
        ("ink", ["paper", "sheet", "accent-wash", "alert-wash", "mark"].as_slice()),
        ("ink-soft", &["paper", "sheet", "accent-wash", "alert-wash"]),
        ("accent", &["paper", "sheet", "accent-wash"]),
        ("alert", &["paper", "sheet", "alert-wash"]),
        ("accent-ink", &["accent"]),
    ] {
        for ground in grounds {
            for scheme in [0, 1] {
                let ratio = contrast(tokens[text][scheme], tokens[*ground][scheme]);
                if ratio < 4.5 {
                    faint.push(format!("--{text} on --{ground}, {}: {ratio:.2}", SCHEMES[scheme]));
                }
            }
        }
    }
    assert!(faint.is_empty(), "{faint:#?}");
}

#[test]
fn borders_and_focus_rings_have_enough_contrast() {
    let tokens = tokens();
    for line in ["rule-strong", "accent", "alert"] {
        for ground in ["paper", "sheet"] {
            for (scheme, name) in SCHEMES.into_iter().enumerate() {
                let ratio = contrast(tokens[line][scheme], tokens[ground][scheme]);
                assert!(ratio >= 3.0, "--{line} on --{ground}, {name}: {ratio:.2}");
            }
        }
    }
}

#[test]
fn initials_have_enough_contrast_in_every_hue() {
    let css = style("avatar.css");
    let hues: Vec<f64> = css.lines().filter_map(|line| number(line.trim().strip_prefix("--hue: ")?)).collect();
    assert_eq!(hues.len(), 13, "twelve hues and the first");
    let line = |name: &str| css.lines().find_map(|line| line.trim().strip_prefix(name)).unwrap();
    for hue in hues {
        let with_hue = |name| colors(&line(name).replace("var(--hue)", &hue.to_string())).unwrap();
        let (grounds, inks) = (with_hue("background: "), with_hue("color: "));
        for (scheme, name) in SCHEMES.into_iter().enumerate() {
            let ratio = contrast(inks[scheme], grounds[scheme]);
            assert!(ratio >= 4.5, "hue {hue}, {name}: {ratio:.2}");
        }
    }
}

#[test]
fn the_theme_color_is_the_page_background() {
    let paper = tokens()["paper"].map(hex);
    assert_eq!(Theme::PAPER, [(Theme::Light, paper[0].as_str()), (Theme::Dark, paper[1].as_str())]);
    let manifest = fs::read_to_string("public/manifest.webmanifest").unwrap();
    let manifest: serde_json::Value = serde_json::from_str(&manifest).unwrap();
    assert_eq!(
        (&manifest["theme_color"], &manifest["background_color"]),
        (&paper[0].clone().into(), &paper[0].clone().into())
    );
}

/// The colours of style/tokens.css in both schemes.
fn tokens() -> BTreeMap<String, [Color; 2]> {
    let css = style("tokens.css");
    let declarations = css.lines().filter_map(|line| line.trim().strip_prefix("--")?.split_once(": "));
    let tokens: BTreeMap<_, _> =
        declarations.filter_map(|(name, value)| Some((name.to_owned(), colors(value)?))).collect();
    assert!(tokens.len() > 10, "{tokens:?}");
    tokens
}

fn style(name: &str) -> String {
    fs::read_to_string(format!("style/{name}")).unwrap()
}

/// `light-dark(oklch(45% 0.1 161), oklch(81% 0.13 161))`
fn colors(value: &str) -> Option<[Color; 2]> {
    let (light, dark) = value.strip_prefix("light-dark(oklch(")?.split_once("), oklch(")?;
    Some([color(light)?, color(dark)?])
}

fn color(text: &str) -> Option<Color> {
    let mut parts = text.split([' ', ')']);
    let lightness = number(parts.next()?.trim_end_matches('%'))?;
    Some([lightness / 100.0, number(parts.next()?)?, number(parts.next()?)?])
}

fn number(text: &str) -> Option<f64> {
    text.trim_end_matches(';').parse().ok()
}

/// Linear sRGB, clipped to its gamut (CSS Color 4, section 10).
fn linear([lightness, chroma, hue]: Color) -> [f64; 3] {
    let (green_red, blue_yellow) = (chroma * hue.to_radians().cos(), chroma * hue.to_radians().sin());
    let l = (lightness + 0.396_337_777_4 * green_red + 0.215_803_757_3 * blue_yellow).powi(3);
    let m = (lightness - 0.105_561_345_8 * green_red - 0.063_854_172_8 * blue_yellow).powi(3);
    let s = (lightness - 0.089_484_177_5 * green_red - 1.291_485_548_0 * blue_yellow).powi(3);
    [
        4.076_741_662_1 * l - 3.307_711_591_3 * m + 0.230_969_929_2 * s,
        -1.268_438_004_6 * l + 2.609_757_401_1 * m - 0.341_319_396_5 * s,
        -0.004_196_086_3 * l - 0.703_418_614_7 * m + 1.707_614_701_0 * s,
    ]
    .map(|channel| channel.clamp(0.0, 1.0))
}

/// WCAG 2.2, "contrast ratio".
fn contrast(one: Color, other: Color) -> f64 {
    let luminance = |color| {
        let [red, green, blue] = linear(color);
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    };
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

fn hex(color: Color) -> String {
    let byte = |channel: f64| {
        let encoded = if channel <= 0.003_130_8 { 12.92 * channel } else { 1.055 * channel.powf(1.0 / 2.4) - 0.055 };
        let rounded = (encoded * 255.0).round();
        (0..=255_u8).find(|byte| f64::from(*byte) >= rounded).map_or(String::new(), |byte| format!("{byte:02x}"))
    };
    format!("#{}", linear(color).map(byte).concat())
}

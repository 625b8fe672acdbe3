//! Browser names from `User-Agent` headers.

use crate::ui::text;

/// Markers in `User-Agent`. The most specific come first, because most browsers also claim to be others.
const BROWSERS: [(&str, &str); 11] = [
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Vivaldi/", "Vivaldi"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chromium/", "Chromium"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
    ("curl/", "curl"),
];

const SYSTEMS: [(&str, &str); 8] = [
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Macintosh", "macOS"),
    ("Linux", "Linux"),
    ("X11", "Unix"),
];

/// The maximum length of an unknown name.
const MAX_CHARS: usize = 40;

/// `Firefox on Linux`; for an unknown browser, the first word of its `User-Agent`.
#[must_use]
pub fn browser_name(agent: Option<&str>) -> String {
    let agent = agent.unwrap_or_default();
    let find =
        |marks: &[(&str, &'static str)]| marks.iter().find(|(mark, _)| agent.contains(*mark)).map(|(_, name)| *name);
    match (find(&BROWSERS), find(&SYSTEMS)) {
        (Some(browser), Some(system)) => text::account::browser_on(browser, system),
        (Some(browser), None) => browser.to_owned(),
        (None, Some(system)) => text::account::some_browser_on(system),
        (None, None) => {
            let word = agent.split([' ', '/']).next().filter(|word| !word.is_empty());
            word.map_or_else(
                || text::account::UNKNOWN_BROWSER.to_owned(),
                |word| word.chars().take(MAX_CHARS).collect(),
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_are_recognised_by_their_markers() {
        for (agent, name) in [
            ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0",
                "Edge on Windows",
            ),
            (
                "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36",
                "Chrome on Android",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1",
                "Safari on iPhone",
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Safari/605.1.15",
                "Safari on macOS",
            ),
            ("curl/8.14.1", "curl"),
            ("Mozilla/5.0 (X11; Linux x86_64) Something", "Unknown browser on Linux"),
            ("python-requests/2.32.3", "python-requests"),
        ] {
            assert_eq!(browser_name(Some(agent)), name, "{agent}");
        }
    }

    #[test]
    fn a_missing_or_overlong_user_agent_has_a_short_name() {
        assert_eq!(browser_name(None), "Unknown browser");
        assert_eq!(browser_name(Some(" ")), "Unknown browser");
        assert_eq!(browser_name(Some(&"é".repeat(500))).chars().count(), 40);
    }
}

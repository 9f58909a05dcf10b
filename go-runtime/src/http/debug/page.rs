//! A snapshot as a page.

use std::fmt::Write;

use super::PATH;
use super::snapshot::{Snapshot, Stack, ago};
use crate::http::answers::html_escape;

/// The page's looks.
const STYLE: &str = "\
:root{color-scheme:light dark;--line:#8884;--soft:#888;--bar:#3b82f6;--wait:#b45309}\
@media(prefers-color-scheme:dark){:root{--bar:#60a5fa;--wait:#fbbf24}}\
body{font:15px/1.5 system-ui,sans-serif;margin:0 auto;max-width:1100px;padding:1.5rem}\
h1{font-size:1.5rem;margin:0}h2{font-size:1.1rem;margin:2rem 0 .5rem}\
nav,.soft{color:var(--soft)}nav a{margin-right:1rem}\
table{border-collapse:collapse;width:100%}\
th{text-align:left;font-weight:600;color:var(--soft);font-size:.85rem}\
td,th{border-bottom:1px solid var(--line);padding:.35rem .8rem .35rem 0;vertical-align:top}\
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}\
code{font:13px/1.45 ui-monospace,monospace;overflow-wrap:anywhere}\
.bar{background:var(--bar);height:.7rem;border-radius:2px;min-width:2px;margin-top:.4rem}\
.wait{color:var(--wait);font-weight:600}\
.reason{white-space:nowrap}\
@media(max-width:640px){body{padding:1rem}\
nav a{display:inline-block}\
.cards thead{display:none}.cards tbody{display:grid;gap:.6rem}\
.cards tr{border:1px solid var(--line);border-radius:6px;padding:.5rem .7rem;\
display:grid;grid-template-columns:auto auto 1fr;column-gap:.8rem}\
.cards td{border:0;padding:0}.cards td:nth-child(3){grid-row:2;grid-column:1/4;margin-top:.3rem}\
.cards td.n:first-child{font-weight:600}.cards td.reason{white-space:normal}\
.groups td.n:first-child::after{content:\" ×\"}.oldest td.n:first-child::before{content:\"goroutine \"}\
.cards td.n:last-child::before{color:var(--soft);font-size:.85rem}\
.groups td.n:last-child::before{content:\"longest wait \"}.oldest td.n:last-child::before{content:\"for \"}}";

/// The snapshot as a page, which loads itself again if it is to.
pub(super) fn write(snapshot: &Snapshot, refreshes: bool) -> String {
    let mut out = String::with_capacity(16 * 1024);
    let refresh = if refreshes { "<meta http-equiv=\"refresh\" content=\"2\">" } else { "" };
    let (link, word) = if refreshes { ("?refresh=0", "hold still") } else { ("?", "keep up to date") };
    let plural = if snapshot.total == 1 { "" } else { "s" };
    // Writing to a string cannot fail.
    let _ = write!(
        out,
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">{refresh}\
         <meta name=\"viewport\" content=\"width=device-width\"><title>{total} goroutine{plural}</title>\
         <style>{STYLE}</style></head>\n<body><h1>{total} goroutine{plural}</h1>\n\
         <nav>{taken} &nbsp; <a href=\"{PATH}{link}\">{word}</a><a href=\"{PATH}?format=text\">text</a>\
         <a href=\"{PATH}?format=json\">JSON</a><a href=\"{PATH}?format=stacks\">every stack</a></nav>\n",
        total = snapshot.total,
        taken = snapshot.taken.format("2006-01-02 15:04:05"),
    );
    reasons(&mut out, snapshot);
    groups(&mut out, snapshot);
    oldest(&mut out, snapshot);
    out.push_str("</body></html>\n");
    out
}

/// How many wait for what.
fn reasons(out: &mut String, snapshot: &Snapshot) {
    out.push_str(
        "<h2>By state</h2>\n<table><thead><tr><th class=\"n\">goroutines</th><th>state</th><th></th></tr></thead><tbody>\n",
    );
    for count in &snapshot.reasons {
        let percent = count.count * 100 / snapshot.total.max(1);
        let _ = writeln!(
            out,
            "<tr><td class=\"n\">{}</td><td class=\"reason\">{}</td>\
             <td style=\"width:60%\"><div class=\"bar\" style=\"width:{percent}%\"></div></td></tr>",
            count.count,
            html_escape(count.reason),
        );
    }
    out.push_str("</tbody></table>\n");
}

/// What they do, and where.
fn groups(out: &mut String, snapshot: &Snapshot) {
    out.push_str(
        "<h2>By stack</h2>\n<table class=\"cards groups\"><thead><tr><th class=\"n\">goroutines</th><th>state</th><th>stack</th>\
         <th class=\"n\">longest wait</th></tr></thead><tbody>\n",
    );
    for group in &snapshot.groups {
        let more = if group.count > group.ids.len() { ", …" } else { "" };
        let ids = group.ids.iter().map(u64::to_string).collect::<Vec<_>>().join(", ");
        let _ = writeln!(
            out,
            "<tr><td class=\"n\" title=\"{ids}{more}\">{}</td><td class=\"reason\">{}</td><td>{}</td>\
             <td class=\"n\">{}</td></tr>",
            group.count,
            html_escape(group.stack.reason),
            stack(&group.stack),
            wait(group.longest),
        );
    }
    out.push_str("</tbody></table>\n");
}

/// Who has waited longest.
fn oldest(out: &mut String, snapshot: &Snapshot) {
    out.push_str(
        "<h2>Longest waits</h2>\n<table class=\"cards oldest\"><thead><tr><th class=\"n\">goroutine</th><th>state</th><th>stack</th>\
         <th class=\"n\">waits for</th></tr></thead><tbody>\n",
    );
    for waiter in &snapshot.oldest {
        let _ = writeln!(
            out,
            "<tr><td class=\"n\">{}</td><td class=\"reason\">{}</td><td>{}</td><td class=\"n\">{}</td></tr>",
            waiter.id,
            html_escape(waiter.stack.reason),
            stack(&waiter.stack),
            wait(waiter.seconds),
        );
    }
    out.push_str("</tbody></table>\n");
}

/// The lines of a stack.
fn stack(stack: &Stack) -> String {
    let mut lines = format!("<code>{}()</code>", html_escape(&stack.function));
    if let Some(place) = stack.place {
        let _ = write!(lines, "<br><code>{}</code>", html_escape(&place.to_string()));
    }
    if let Some(started) = stack.started {
        let (creator, started) = (html_escape(&stack.creator), html_escape(&started.to_string()));
        let _ = write!(lines, "<br><code class=\"soft\">created by {creator} at {started}</code>");
    }
    lines
}

/// How long somebody has waited; long waits stand out.
fn wait(seconds: u64) -> String {
    let class = if seconds >= 60 { " class=\"wait\"" } else { "" };
    format!("<span{class}>{}</span>", ago(seconds))
}

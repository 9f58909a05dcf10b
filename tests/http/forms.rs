//! Forms with files, and a jar of cookies.

use go::http::{self, Client, Cookie, CookieJar, Request, ResponseWriter, Transport, Url, httptest};
use go::prelude::*;

use crate::wire::{Wire, get};

/// A form of three parts.
fn form(boundary: &str) -> String {
    format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx y\r\n\
         --{boundary}\r\nContent-Disposition: form-data; name=\"f\"; filename=\"one.txt\"\r\n\
         Content-Type: text/plain\r\n\r\nline\r\n--not a boundary\r\n\r\n\
         --{boundary}\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n2\r\n--{boundary}--\r\n"
    )
}

/// A request with a body of some type.
fn post(content_type: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "POST /?a=query&b=q HTTP/1.1\r\nHost: h\r\nContent-Type: {content_type}\r\nContent-Length: {length}\r\n\r\n{body}"
    )
}

#[go::test(real_time)]
async fn forms_with_files_are_read() {
    let server = httptest::Server::start(async |w: ResponseWriter, mut r: Request| {
        if r.query().has("max") {
            let read = r.parse_multipart_form(r.query().get("max").parse().unwrap()).await;
            return write!(w, "{:?}", read.map_err(|error| error.to_string())).unwrap();
        }
        // The fields first: `form_value` reads the whole form.
        let (a, b, post) = (r.form_value("a").await, r.form_value("b").await, r.post_form_value("a").await);
        let file = r.form_file("f").await;
        let file = file.map(|file| {
            let content_type = file.header.get("Content-Type").to_owned();
            (file.filename.clone(), content_type, String::from_utf8(file.content.to_vec()).unwrap(), file.size())
        });
        let all = r.form().unwrap().get_all("a").join(",");
        let none = r.form_file("none").await.map(|_| ()).map_err(|error| error.to_string());
        write!(w, "{a}|{b}|{post}|{all}|{:?}|{none:?}", file.map_err(|error| error.to_string())).unwrap();
    });
    let mut wire = Wire::connect(server.addr()).await;
    let multipart = "multipart/form-data; boundary=xYz";
    let answer = wire.ask(&post(multipart, &form("xYz"))).await;
    let file = "Ok((\"one.txt\", \"text/plain\", \"line\\r\\n--not a boundary\\r\\n\", 24))";
    // As in Go, such a form's fields come behind the query's.
    assert_eq!(answer.body, format!("query|q|x y|query,x y,2|{file}|Err(\"http: no such file\")"));
    // Another type, no boundary, and a form that breaks off.
    let not = "Err(\"request Content-Type isn't multipart/form-data\")";
    let answer = wire.ask(&post("application/x-www-form-urlencoded", "a=1")).await;
    assert_eq!(answer.body, format!("1|q|1|1,query|{not}|{not}"));
    let answer = wire.ask(&post("multipart/form-data", "")).await;
    let no = "Err(\"no multipart boundary param in Content-Type\")";
    assert_eq!(answer.body, format!("query|q||query|{no}|{no}"));
    let limited = |max: usize, body: &str| post(multipart, body).replace("/?", &format!("/?max={max}&"));
    assert_eq!(wire.ask(&limited(10_000, &form("xYz"))).await.body, "Ok(())");
    assert_eq!(wire.ask(&limited(10_000, &form("xYz")[..100])).await.body, "Err(\"multipart: NextPart: EOF\")");
    let mut wire = Wire::connect(server.addr()).await;
    assert_eq!(wire.ask(&limited(100, &form("xYz"))).await.body, "Err(\"multipart: message too large\")");
    server.close().await;
}

#[go::test(real_time)]
async fn forms_are_read_part_by_part() {
    let server = httptest::Server::start(async |w: ResponseWriter, mut r: Request| {
        let mut reader = r.multipart_reader().unwrap();
        while let Some(mut part) = reader.next_field().await.unwrap() {
            let mut length = 0;
            while let Some(chunk) = part.chunk().await.unwrap() {
                length += chunk.len();
            }
            write!(w, "{} {length};", part.name().unwrap()).unwrap();
        }
    });
    let mut wire = Wire::connect(server.addr()).await;
    let answer = wire.ask(&post("multipart/form-data; boundary=\"a b\"", &form("a b"))).await;
    assert_eq!(answer.body, "a 3;f 24;a 1;");
    server.close().await;
}

// Go: TestClientWithCookieJar.., TestJarCalls
#[go::test(real_time)]
async fn a_jar_keeps_cookies() {
    let server = httptest::Server::start(|w: ResponseWriter, r: Request| {
        let names: Vec<String> = r.cookies().iter().map(ToString::to_string).collect();
        match &*r.path() {
            "/login" => {
                http::set_cookie(&w, &Cookie::build(("session", "abc")).path("/").http_only(true).build());
                http::set_cookie(&w, &Cookie::build(("deep", "1")).path("/deep").build());
                http::redirect(&w, &r, "/deep/page", 303);
            }
            "/logout" => w.header().set("Set-Cookie", "session=; Path=/; Max-Age=0"),
            _ => write!(w, "{names:?}").unwrap(),
        }
    });
    let jar = CookieJar::new();
    let client = Client::new().transport(Transport::new().proxy(None)).jar(jar.clone());
    let url = server.url();
    let text = async |path: &str| client.get(&format!("{url}{path}")).await.unwrap().body.text().await.unwrap();
    assert_eq!(text("/").await, "[]");
    // The redirect is followed with the cookies that came with it.
    let names = text("/login").await;
    assert!(names.len() == 25 && names.contains("\"deep=1\"") && names.contains("\"session=abc\""), "{names}");
    assert_eq!(text("/").await, "[\"session=abc\"]");
    // The program's own cookie goes before the jar's.
    let mut request = http::new_request("GET", &url, None).unwrap();
    request.add_cookie(&Cookie::new("session", "own"));
    assert_eq!(client.do_request(request).await.unwrap().body.text().await.unwrap(), "[\"session=own\"]");
    // Another host's cookies are its own.
    let elsewhere = url.replace("127.0.0.1", "localhost");
    assert_eq!(client.get(&elsewhere).await.unwrap().body.text().await.unwrap(), "[]");
    assert_eq!(text("/logout").await, "");
    assert_eq!(text("/").await, "[]");
    jar.set_cookies(&Url::parse(&url).unwrap(), [Cookie::new("set", "by hand")]);
    assert_eq!(jar.cookies(&Url::parse(&url).unwrap()).len(), 1);
    assert_eq!(text("/").await, "[\"set=by hand\"]");
    // A client without a jar keeps none.
    assert_eq!(Wire::connect(server.addr()).await.ask(&get("/")).await.body, "[]");
    server.close().await;
}

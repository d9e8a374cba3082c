//! What `strace` wrote, read.

/// `…{sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr("127.0.0.1")}…`
pub fn destination(line: &str) -> Option<String> {
    let family = &line[line.find("sa_family=AF_INET")?..];
    let port = family.split("htons(").nth(1)?.split(')').next()?;
    let address = family.split('"').nth(1)?;
    Some(format!("{address}:{port}"))
}

#[test]
fn a_destination_is_read_from_a_trace() {
    let four = r#"7 connect(9, {sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr("10.0.0.1")}, 16) = 0"#;
    assert_eq!(destination(four).as_deref(), Some("10.0.0.1:80"));
    let six = r#"7 connect(9, {sa_family=AF_INET6, sin6_port=htons(443), sin6_flowinfo=htonl(0), inet_pton(AF_INET6, "::1", &sin6_addr), sin6_scope_id=0}, 28) = 0"#;
    assert_eq!(destination(six).as_deref(), Some("::1:443"));
    assert_eq!(
        destination(r#"7 connect(9, {sa_family=AF_UNIX, sun_path="/run/x"}, 110) = 0"#),
        None
    );
}

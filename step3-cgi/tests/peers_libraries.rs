//! PHP as a CGI program, and Perl with CGI.pm: form, upload, redirect. Needs
//! php-cgi and libcgi-pm-perl (feature `peers`).
#![allow(clippy::unwrap_used)]

#[path = "support/programs.rs"]
mod support;

use support::Place;

const PHP: &str = r#"#!/usr/bin/env php-cgi
<?php
switch ($_GET['do'] ?? '') {
case 'redirect':
    header('Location: /elsewhere?a=b', true, 303);
    break;
case 'missing':
    http_response_code(404);
    echo 'nothing';
    break;
case 'cookie':
    setcookie('seen', '1');
    echo $_COOKIE['name'] ?? 'no cookie';
    break;
case 'server':
    header('Content-Type: text/plain');
    foreach (['SCRIPT_NAME', 'PATH_INFO', 'REQUEST_METHOD', 'SERVER_PROTOCOL', 'REQUEST_URI'] as $name)
        echo $name, '=', $_SERVER[$name] ?? '', "\n";
    break;
case 'upload':
    header('Content-Type: text/plain');
    echo $_FILES['file']['name'], ' ', $_FILES['file']['size'], ' ', md5_file($_FILES['file']['tmp_name']);
    break;
case 'raw':
    echo strlen(file_get_contents('php://input'));
    break;
default:
    header('Content-Type: text/plain');
    echo 'GET ', $_GET['q'] ?? '', ' POST ', $_POST['name'] ?? '';
}
"#;

const PERL: &str = r#"#!/usr/bin/env perl
use strict;
use warnings;
use CGI ();
my $q = CGI->new;
my $do = $q->url_param('do') // '';
if ($do eq 'redirect') {
    print $q->redirect(-uri => 'http://example.org/elsewhere', -status => '303 See Other');
} elsif ($do eq 'missing') {
    print $q->header(-status => '404 Not Found', -type => 'text/plain'), 'nothing';
} elsif ($do eq 'cookie') {
    my $cookie = $q->cookie(-name => 'seen', -value => '1');
    print $q->header(-type => 'text/plain', -cookie => $cookie), $q->cookie('name') // 'no cookie';
} elsif ($do eq 'upload') {
    my $handle = $q->upload('file');
    local $/;
    my $content = <$handle>;
    print $q->header('text/plain'), $q->param('file'), ' ', length($content);
} else {
    print $q->header('text/plain'), 'GET ', $q->url_param('q') // '', ' POST ',
        scalar($q->param('name')) // '';
}
"#;

/// The same requests to both.
fn check(name: &str, text: &str) {
    let place = Place::new();
    place.program(name, text);
    let path = format!("/cgi-bin/{name}");
    place.ask(|ask| {
        assert_eq!(ask(&format!("GET {path}?q=%C3%A9+%26")).text(), "GET é & POST ");
        let form = "Content-Type: application/x-www-form-urlencoded\n\nname=Ada+%26";
        assert_eq!(ask(&format!("POST {path}?q=1\n{form}")).text(), "GET 1 POST Ada &");
        let answer = ask(&format!("GET {path}?do=redirect"));
        assert_eq!(answer.status, 303, "{}", answer.text());
        assert!(answer.field("location").unwrap().contains("/elsewhere"));
        let answer = ask(&format!("GET {path}?do=missing"));
        assert_eq!((answer.status, answer.text().as_str()), (404, "nothing"));
        let answer = ask(&format!("GET {path}?do=cookie\nCookie: name=value"));
        assert_eq!(answer.text(), "value");
        assert!(answer.field("set-cookie").unwrap().starts_with("seen=1"));
        let content = "x".repeat(300_000);
        let upload = format!(
            "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\
             Content-Type: text/plain\r\n\r\n{content}\r\n--b--\r\n"
        );
        let answer = ask(&format!(
            "POST {path}?do=upload\nContent-Type: multipart/form-data; boundary=b\n\n{upload}"
        ));
        assert!(answer.text().starts_with("a.txt 300000"), "{}", answer.text());
        let answer = ask(&format!("HEAD {path}?q=1"));
        assert_eq!((answer.status, answer.text().as_str()), (200, ""));
    });
}

#[test]
fn php_cgi_reads_forms_and_uploads_and_redirects() {
    check("page.php", PHP);
}

#[test]
fn cgi_pm_reads_forms_and_uploads_and_redirects() {
    check("page.pl", PERL);
}

#[test]
fn php_cgi_sees_the_path_as_it_was_split() {
    let place = Place::new();
    place.program("page.php", PHP);
    place.ask(|ask| {
        assert_eq!(
            ask("GET /cgi-bin/page.php/a%20b/c?do=server").text(),
            "SCRIPT_NAME=/cgi-bin/page.php\nPATH_INFO=/a b/c\nREQUEST_METHOD=GET\n\
             SERVER_PROTOCOL=HTTP/1.1\nREQUEST_URI=/cgi-bin/page.php/a%20b/c?do=server\n"
        );
        // What made php-cgi print its source in 2012: CVE-2012-1823.
        assert!(!ask("GET /cgi-bin/page.php?-s").text().contains("switch"));
    });
}

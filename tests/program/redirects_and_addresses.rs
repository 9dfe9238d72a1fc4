//! Where a registry may not send us: to a metadata service, and from the internet into a private
//! network. Nobody is connected to there.

use std::io::ErrorKind;
use std::net::TcpListener;

use support::home::Home;
use support::http::Reply;
use support::image::Image;
use support::programmable_registry::ProgrammableRegistry;
use worlds::login::{ALICE, alice, assert_says, log_in};

use crate::worlds::{HOST, Public};

const METADATA: &str = "a link-local or metadata address";
const PRIVATE: &str = "a private address, and is itself public";

/// A port in this machine's network that notices whether anybody comes.
fn private() -> TcpListener {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    listener.set_nonblocking(true).unwrap();
    listener
}

fn assert_nobody_came(listener: &TcpListener) {
    let came = listener.accept().map(|(_, from)| from);
    assert_eq!(came.unwrap_err().kind(), ErrorKind::WouldBlock);
}

fn layout(home: &Home) -> String {
    home.path().join("layout").display().to_string()
}

#[support::test]
fn a_blob_is_not_fetched_from_a_metadata_or_private_address() {
    let public = Public::start(ProgrammableRegistry::settings_open());
    public
        .registry
        .put_image("team/app", "v1", &Image::small("one"));
    let listener = private();
    let port = listener.local_addr().unwrap().port();
    for (target, told) in [
        (
            "http://169.254.169.254/latest/meta-data".to_owned(),
            METADATA,
        ),
        (
            "https://169.254.169.254/latest/meta-data".to_owned(),
            METADATA,
        ),
        // The same address in other words.
        ("https://2852039166/".to_owned(), METADATA),
        ("https://[::ffff:169.254.169.254]/".to_owned(), METADATA),
        ("https://[fd00:ec2::254]/".to_owned(), METADATA),
        ("https://10.0.0.1/".to_owned(), PRIVATE),
        (format!("https://127.0.0.1:{port}/"), PRIVATE),
        (format!("http://127.0.0.1:{port}/"), PRIVATE),
        // By name: the address is looked at when it is connected to.
        (format!("https://localhost:{port}/"), PRIVATE),
    ] {
        public.registry.forget_rules();
        public
            .registry
            .when(|it| it.path.contains("/blobs/"), Reply::redirect(&target));
        let layout = layout(&public.home);
        let pull = ["pull", "reg.test/team/app:v1", "--oci-layout", &layout];
        let ran = public.home.portunus(&pull).run();
        ran.assert_code(4);
        assert_says(
            &ran,
            &[
                "https://reg.test (fetch): refused: the registry names",
                told,
            ],
        );
        public.assert_alone();
        assert_nobody_came(&listener);
    }
}

#[support::test]
fn a_private_registry_may_redirect_into_its_network_but_not_to_metadata() {
    let (registry, storage) = (ProgrammableRegistry::open(), ProgrammableRegistry::open());
    for side in [&registry, &storage] {
        side.put_image("team/app", "v1", &Image::small("one"));
    }
    let home = Home::new();
    home.write_hosts_toml(HOST, &format!("server = \"{}\"\n", registry.url()));
    let layout = layout(&home);
    let pull = ["pull", "reg.test/team/app:v1", "--oci-layout", &layout];
    registry.when(
        |it| it.path.contains("/blobs/"),
        Reply::redirect("http://169.254.169.254/"),
    );
    let ran = home.portunus(&pull).run();
    ran.assert_code(4);
    assert_says(&ran, &[METADATA]);
    let target = storage.url();
    registry.answer_with(move |it| {
        let blob = it.path.contains("/blobs/");
        blob.then(|| Reply::redirect(&format!("{target}{}", it.path)))
    });
    home.portunus(&pull).run().assert_success();
}

#[support::test]
fn an_upload_is_not_sent_to_a_private_address() {
    let public = Public::start(ProgrammableRegistry::settings_open());
    let listener = private();
    let layout = layout(&public.home);
    Image::small("one").write_oci_layout(layout.as_ref(), "v1");
    let target = format!("https://{}/upload", listener.local_addr().unwrap());
    let begun = Reply::status(202).header("Location", &target);
    public.registry.when(|it| it.method == "POST", begun);
    let push = ["push", "reg.test/team/app:v1", "--oci-layout", &layout];
    let ran = public.home.portunus(&push).run();
    ran.assert_code(4);
    assert_says(&ran, &[PRIVATE]);
    public.assert_alone();
    assert_nobody_came(&listener);
}

#[support::test]
fn a_realm_whose_name_leads_into_a_private_network_is_not_asked() {
    let listener = private();
    let port = listener.local_addr().unwrap().port();
    let realm = format!("https://localhost:{port}/token");
    let public = Public::start(ProgrammableRegistry::settings_bearer(&alice()).realm(&realm));
    // Trust in the realm says who may see the secret, not where its name may lead.
    let ran = log_in(&public.home, &["--trust-realm", &realm, HOST]);
    ran.assert_code(4);
    assert_says(&ran, &[PRIVATE]);
    assert!(!ran.stderr.contains("sent: "), "{ran}");
    assert!(public.registry.requests_with(ALICE).is_empty());
    public.assert_alone();
    assert_nobody_came(&listener);
}

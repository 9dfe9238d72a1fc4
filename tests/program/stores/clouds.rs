//! Helpers of clouds, played as the real ones behave: they hand out logins and keep none.

use std::fs;

use serde_json::{Value, json};
use support::home::Home;
use support::process::Ran;

const ECR: &str = "123456789012.dkr.ecr.eu-west-1.amazonaws.com";

/// `docker-credential-ecr-login` 0.12.0: absent, denied and foreign are one sentence.
const ECR_LOGIN: &str = r#"case "$1" in
  get) case "$input" in
    123456789012.dkr*) printf '{"ServerURL":"%s","Username":"AWS","Secret":"canary-ecr"}\n' "$input"; exit 0;;
  esac
  echo 'credentials not found in native keychain'; exit 1;;
  list) echo '{}'; exit 0;;
esac
echo 'not implemented'; exit 1"#;

/// `docker-credential-gcr` 2.2.1: Google's token, whoever is asked for.
const GCR: &str = r#"case "$1" in
  get) printf '{"ServerURL":"%s","Username":"_dcgcr_2_2_1_token","Secret":"canary-gcr"}\n' "$input"; exit 0;;
  store) echo 'add is unimplemented'; exit 1;;
  erase) echo 'delete is unimplemented'; exit 1;;
esac
echo "$1 is unimplemented"; exit 1"#;

/// `docker-credential-gcloud` of SDK 528: success at whatever it does not do.
const GCLOUD: &str = r#"case "$1" in
  get) case "$input" in
    *gcr.io|*.pkg.dev) printf '{"Username":"_dcgcloud_token","Secret":"canary-gcloud"}\n'; exit 0;;
  esac
  echo "Repository url [$input] is not supported"; exit 1;;
esac
exit 0"#;

/// `docker-credential-acr-env`: an identity token, for a name without a scheme.
const ACR_ENV: &str = r#"case "$1" in
  get) case "$input" in
    https://*) ;;
    *.azurecr.io) printf '{"Username":"<token>","Secret":"canary-acr"}\n'; exit 0;;
    *.azurecr.io.*) echo asked > "$HOME/attacker"; exit 1;;
  esac
  echo 'serverURL does not refer to Azure Container Registry'; exit 1;;
esac
echo "unknown command \"$1\" for \"docker-credential-acr-env\""; exit 1"#;

/// A home with the helpers of each cloud, which note what they are asked.
fn home() -> Home {
    let home = Home::new();
    for (name, script) in [
        ("ecr-login", ECR_LOGIN),
        ("gcr", GCR),
        ("gcloud", GCLOUD),
        ("acr-env", ACR_ENV),
    ] {
        let script = format!(
            "#!/bin/sh\nIFS= read -r input\necho \"$1 $input\" >> \"$HOME/asked\"\n{script}\n"
        );
        home.write_script(&format!("docker-credential-{name}"), &script);
    }
    home
}

fn with_docker(config: &Value) -> Home {
    let home = home();
    fs::write(home.docker_config(), config.to_string()).unwrap();
    home
}

fn with_helpers(lines: &str) -> Home {
    let home = home();
    let text = format!("[helpers]\n{lines}\n");
    fs::write(home.config_dir().join("config.toml"), text).unwrap();
    home
}

fn asked(home: &Home) -> Vec<String> {
    let text = fs::read_to_string(home.path().join("asked")).unwrap_or_default();
    text.lines().map(str::to_owned).collect()
}

/// Whose login a host has, and the secret, as another program that asks for it is told.
fn login(home: &Home, host: &str) -> Result<(String, String), Ran> {
    let asked = json!({"kind": "CredentialProviderRequest", "image": format!("{host}/app"),
        "apiVersion": "credentialprovider.kubelet.k8s.io/v1"});
    let ran = home.portunus(&["credential-provider"]);
    let ran = ran.input(&asked.to_string()).run();
    if !ran.status.success() {
        return Err(ran);
    }
    let answer: Value = serde_json::from_str(&ran.stdout).unwrap();
    let login = answer["auth"].as_object().and_then(|it| it.values().next());
    let text = |name: &str| login.map_or("", |it| it[name].as_str().unwrap()).to_owned();
    Ok((text("username"), text("password")))
}

#[track_caller]
fn assert_login(home: &Home, host: &str, user: &str) {
    let (found, _) = login(home, host).unwrap_or_else(|ran| panic!("{host}: {ran}"));
    assert_eq!(found, user, "{host}");
}

#[support::test]
fn a_glob_of_docker_s_helpers_is_compared_label_by_label() {
    let home = with_docker(&json!({"credHelpers": {
        "*.dkr.ecr.*.amazonaws.com": "ecr-login", "off.dkr.ecr.eu-west-1.amazonaws.com": ""}}));
    assert_login(&home, ECR, "AWS");
    for host in [
        "evil-dkr.ecr.eu.amazonaws.com.attacker.test",
        "123456789012.dkr.ecr.eu-west-1.amazonaws.com.attacker.test",
        "x.123456789012.dkr.ecr.eu-west-1.amazonaws.com",
        "123456789012.dkr.ecr.eu-west-1.amazonaws.com:5000",
        "off.dkr.ecr.eu-west-1.amazonaws.com",
    ] {
        assert_login(&home, host, "");
    }
    assert_eq!(asked(&home), [format!("get {ECR}")]);
}

#[support::test]
fn a_glob_over_every_host_is_named_and_not_used() {
    let home = with_docker(&json!({"credHelpers": {"*.test": "gcr", "*.*": "gcr", "*": "gcr"}}));
    assert_login(&home, "gcr.io", "");
    let ran = home.portunus(&["list"]).run();
    assert!(
        ran.stderr
            .contains("`*.*` in `credHelpers` would be for hosts of any name"),
        "{ran}"
    );
    assert!(ran.stdout.contains("*.test"), "{ran}");
}

#[support::test]
fn the_word_ecr_is_every_form_of_its_hosts() {
    let home = with_helpers("ecr = \"ecr-login\"");
    for host in [
        ECR,
        "123456789012.dkr.ecr-fips.us-gov-west-1.amazonaws.com",
        "123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn",
        "123456789012.dkr-ecr.eu-west-1.on.aws",
    ] {
        assert_login(&home, host, "AWS");
    }
    let before = asked(&home).len();
    for host in [
        "evil-dkr.ecr.eu.amazonaws.com.attacker.test",
        "reg.test",
        "ecr.test",
    ] {
        assert_login(&home, host, "");
    }
    assert_eq!(asked(&home).len(), before);
}

#[support::test]
fn config_toml_s_helper_goes_before_what_docker_still_holds() {
    let home = with_helpers("\"*.pkg.dev\" = \"gcr\"\n\"eu-docker.pkg.dev\" = \"gcloud\"");
    let stale = json!({"auths": {"eu-docker.pkg.dev": {"auth": "b2xkOnB3"}}});
    fs::write(home.docker_config(), stale.to_string()).unwrap();
    assert_login(&home, "eu-docker.pkg.dev", "_dcgcloud_token");
    assert_login(&home, "us-docker.pkg.dev", "_dcgcr_2_2_1_token");
    let listed = home.portunus(&["list"]).run();
    assert!(listed.stdout.contains("*.pkg.dev"), "{listed}");
    let shown = home.portunus(&["config"]).run();
    assert!(shown.stdout.contains("eu-docker.pkg.dev→gcloud"), "{shown}");
}

#[support::test]
fn a_helper_in_config_toml_that_makes_no_sense_is_an_error_with_its_place() {
    for (line, said) in [
        ("\"*.*\" = \"gcr\"", "2:1: a helper is named for some hosts"),
        (
            "\"r.test\" = \"a\"\n\"R.test:443\" = \"b\"",
            "3:1: these hosts have a helper already",
        ),
        ("\"r.test\" = \"../x\"", "2:12: a helper's name has letters"),
        ("\"r.test\" = 7", "2:12: `helpers.HOST` is"),
        ("\"r test\" = \"x\"", "config.toml:2:1: "),
    ] {
        let ran = with_helpers(line).portunus(&["list"]).run();
        ran.assert_code(5);
        assert!(ran.stderr.contains(said), "{line}\n{ran}");
    }
}

#[support::test]
fn google_s_token_is_given_to_no_other_host() {
    let home = with_docker(&json!({"credsStore": "gcr"}));
    for host in ["reg.test", "gcr.io.attacker.test", "docker.io/library"] {
        assert_login(&home, host, "");
    }
    assert_eq!(asked(&home), [""; 0]);
    assert_login(&home, "gcr.io", "_dcgcr_2_2_1_token");
    // Whoever names it for a host means that host.
    let home = with_docker(&json!({"credHelpers": {"mirror.test": "gcr"}}));
    assert_login(&home, "mirror.test", "_dcgcr_2_2_1_token");
}

#[support::test]
fn azure_s_helper_is_asked_without_a_scheme_and_for_no_host_that_only_begins_like_azure_s() {
    let home = with_docker(&json!({"credsStore": "acr-env"}));
    assert_login(&home, "x.azurecr.io.attacker.test", "");
    assert!(!home.path().join("attacker").exists());
    // A kubelet shows passwords alone.
    let refused = login(&home, "x.azurecr.io").unwrap_err();
    assert!(refused.stderr.contains("x.azurecr.io"), "{refused}");
    assert_eq!(asked(&home), ["get x.azurecr.io"]);
}

#[support::test]
fn that_ecr_gives_no_login_is_told_since_a_refusal_looks_the_same() {
    let other = ECR.replace("1234", "9934");
    let home =
        with_docker(&json!({"credHelpers": {&other: "ecr-login", "public.ecr.aws": "ecr-login"}}));
    let refused = login(&home, &other).unwrap_err();
    for part in [
        "it has no login, or AWS refused it",
        "~/.ecr/log/ecr-login.log",
        "help: ",
    ] {
        assert!(refused.stderr.contains(part), "{refused}");
    }
    assert_eq!(asked(&home), [format!("get {other}")]);
    // Who reads what is public needs none.
    assert_login(&home, "public.ecr.aws", "");
}

#[support::test]
fn a_login_that_a_helper_does_not_keep_is_refused_and_says_so() {
    for (helper, host, said) in [
        ("ecr-login", ECR, "it hands out logins and keeps none"),
        ("gcr", "gcr.io", "it hands out logins and keeps none"),
        (
            "acr-env",
            "x.azurecr.io",
            "it hands out logins and keeps none",
        ),
        ("gcloud", "gcr.io", "it says that it has, and has not"),
    ] {
        for home in [
            with_docker(&json!({"credHelpers": {host: helper}})),
            with_helpers(&format!("\"{host}\" = \"{helper}\"")),
        ] {
            let login = [
                "login",
                "--no-verify",
                "-u",
                "alice",
                "--password-stdin",
                host,
            ];
            let ran = home.portunus(&login).input("canary").run();
            ran.assert_code(2);
            assert!(ran.stderr.contains(said), "{helper}: {ran}");
            assert!(ran.stderr.contains("--store file"), "{helper}: {ran}");
        }
    }
}

#[support::test]
fn what_a_helper_has_not_erased_is_no_logout() {
    for (helper, host) in [("ecr-login", ECR), ("gcloud", "gcr.io")] {
        let home = with_docker(&json!({"credHelpers": {host: helper}}));
        let ran = home.portunus(&["logout", host]).run();
        assert!(!ran.status.success(), "{helper}: {ran}");
        assert!(
            ran.stderr.contains(&format!("docker-credential-{helper}")),
            "{ran}"
        );
    }
}

#[support::test]
fn a_key_of_google_s_comes_back_as_it_was_typed() {
    let key =
        "{\n  \"type\": \"service_account\",\n  \"private_key\": \"-----BEGIN\\nabc==\\n\"\n}";
    for user in ["_json_key", "_json_key_base64"] {
        for store in ["docker", "file"] {
            let home = home();
            let arguments = [
                "login",
                "--no-verify",
                "--store",
                store,
                "-u",
                user,
                "--password-stdin",
                "gcr.io",
            ];
            home.portunus(&arguments)
                .input(&format!("{key}\n"))
                .run()
                .assert_success();
            let found = login(&home, "gcr.io").unwrap_or_else(|ran| panic!("{ran}"));
            assert_eq!(found, (user.to_owned(), key.to_owned()), "{store}");
        }
    }
}

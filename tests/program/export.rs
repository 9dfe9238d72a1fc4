//! `portunus export`: files for build pods, read back by the tools that they are for.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::Path;

use serde_json::Value;
use support::account::Account;
use support::home::Home;
use support::image::Image;
use support::process::Ran;
use support::programmable_registry::ProgrammableRegistry;
use support::{podman, process, script, tools};
use worlds::login::home_with_logins;

const SECRET: &str = "canary-export";

fn home(logins: &[&[&str]]) -> Home {
    home_with_logins(logins, SECRET)
}

fn team_and_hub() -> Home {
    home(&[
        &["-u", "team", "--repository", "team", "reg.test"],
        &["-u", "base", "--repository", "base", "reg.test"],
        &["-u", "hub", "docker.io"],
    ])
}

const IMAGES: [&str; 3] = [
    "reg.test/team/app",
    "reg.test/base/os",
    "docker.io/library/nginx",
];

#[support::test(needs("skopeo"))]
fn skopeo_finds_each_login_for_its_repositories_and_no_other() {
    let home = team_and_hub();
    let arguments = ["export", "--format", "containers-auth", "-o", "auth.json"];
    let others = ["REG.test/team/app", "reg.test:443/base/os"];
    let images = [&arguments[..], &IMAGES, &others].concat();
    let ran = home.portunus(&images).run();
    ran.assert_success();
    assert!(!ran.output().contains("canary"), "{ran}");
    for (image, user) in [
        ("reg.test/team/app", Some("team")),
        ("reg.test/base/os", Some("base")),
        ("reg.test/base/other", None),
        ("reg.test/teamwork", None),
        ("REG.test/team/app", Some("team")),
        ("REG.test/base/os", None),
        ("reg.test:443/base/os", Some("base")),
        ("reg.test:443/team/app", None),
        ("docker.io/library/nginx", Some("hub")),
        ("docker.io/library/alpine", None),
    ] {
        let mut skopeo = home.command(tools::program("skopeo"));
        skopeo.args(["login", "--get-login", "--authfile", "auth.json", image]);
        let ran = process::run(&mut skopeo, b"");
        let found = ran.status.success().then(|| ran.stdout.trim().to_owned());
        assert_eq!(found.as_deref(), user, "{image}\n{ran}");
    }
}

#[support::test(needs("podman"))]
fn podman_finds_them_too() {
    let home = team_and_hub();
    let arguments = ["export", "--format", "containers-auth", "-o", "auth.json"];
    home.portunus(&[&arguments[..], &IMAGES].concat())
        .run()
        .assert_success();
    let file = home.path().join("auth.json");
    let file = file.to_str().unwrap();
    let arguments = [
        "login",
        "--get-login",
        "--authfile",
        file,
        "reg.test/team/app",
    ];
    let ran = podman::run(&home, &arguments, "");
    assert_eq!(ran.stdout.trim(), "team", "{ran}");
}

#[support::test]
fn docker_s_file_has_one_login_for_each_host_or_is_refused() {
    let home = team_and_hub();
    let arguments = ["export", "--format", "docker"];
    let ran = home.portunus(&[&arguments[..], &IMAGES].concat()).run();
    ran.assert_code(1);
    assert!(ran.stderr.contains("--format buildx"), "{ran}");
    assert_eq!(ran.stdout, "");
    let some = ["reg.test/team/app", "docker.io/library/nginx"];
    let ran = home.portunus(&[&arguments[..], &some].concat()).run();
    ran.assert_success();
    assert!(
        ran.stderr.contains("goes to every repository of reg.test"),
        "{ran}"
    );
    let json: Value = serde_json::from_str(&ran.stdout).unwrap();
    let keys: Vec<&String> = json["auths"].as_object().unwrap().keys().collect();
    assert_eq!(keys, ["https://index.docker.io/v1/", "reg.test"]);
    // As docker reads it.
    fs::create_dir_all(home.docker_dir()).unwrap();
    fs::write(home.docker_config(), &ran.stdout).unwrap();
    fs::remove_file(home.credentials_file()).unwrap();
    let ran = home.portunus(&["list"]).run();
    assert!(
        ran.stdout.contains("team") && ran.stdout.contains("hub"),
        "{ran}"
    );
}

#[support::test]
fn a_file_is_for_its_owner_alone_and_replaces_only_one_of_his_own() {
    let home = team_and_hub();
    let file = home.path().join("secret.yaml");
    fs::write(&file, "old").unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    let export = |output: &str| {
        let arguments = [
            "export",
            "--format",
            "kubernetes-secret",
            "-o",
            output,
            IMAGES[0],
        ];
        home.portunus(&arguments).run()
    };
    export("secret.yaml").assert_success();
    assert_eq!(fs::metadata(&file).unwrap().mode() & 0o777, 0o600);
    let path = file.to_str().unwrap();
    let ran = home
        .portunus(&["resolve", "--pull-secret", path, "--why", IMAGES[0]])
        .run();
    assert!(ran.stdout.contains("secret portunus"), "{ran}");
    symlink(&file, home.path().join("link")).unwrap();
    for (output, said) in [
        ("link", "link is not replaced: it is no file"),
        ("bin", "bin is not replaced: it is no file"),
        ("absent/file", "cannot write absent/file"),
    ] {
        let ran = export(output);
        ran.assert_code(1);
        assert!(ran.stderr.contains(said), "{ran}");
    }
    if tools::is_root() {
        std::os::unix::fs::chown(&file, Some(65534), None).unwrap();
        let ran = export("secret.yaml");
        ran.assert_code(1);
        assert!(ran.stderr.contains("belongs to another user"), "{ran}");
    }
}

#[support::test]
fn buildx_reads_a_folder() {
    let home = team_and_hub();
    let ran = home
        .portunus(&["export", "--format", "buildx", IMAGES[0]])
        .run();
    ran.assert_code(2);
    let arguments = ["export", "--format", "buildx", "-o", "buildx"];
    home.portunus(&[&arguments[..], &IMAGES].concat())
        .run()
        .assert_success();
    for (path, user) in [
        ("reg.test/team/app", "dGVhbTpj"),
        ("reg.test/base/os", "YmFzZTpj"),
        ("registry-1.docker.io/library/nginx", "aHViOmNh"),
    ] {
        let file = home
            .path()
            .join("buildx/config")
            .join(path)
            .join("config.json");
        assert!(fs::read_to_string(&file).unwrap().contains(user), "{path}");
        assert_eq!(fs::metadata(&file).unwrap().mode() & 0o777, 0o600);
    }
}

#[support::test]
fn a_folder_for_buildx_keeps_nothing_of_earlier_exports_and_all_of_others() {
    let home = team_and_hub();
    let export = |image: &str| {
        let arguments = ["export", "--format", "buildx", "-o", "buildx", image];
        home.portunus(&arguments).run()
    };
    let folder = home.path().join("buildx");
    let [team, base, hub] = IMAGES.map(|image| {
        let image = image.replace("docker.io", "registry-1.docker.io");
        folder.join("config").join(image).join("config.json")
    });
    for image in IMAGES {
        export(image).assert_success();
    }
    assert!(hub.exists() && !team.exists() && !base.exists());
    assert!(!folder.join("config/reg.test").exists());
    // What buildx itself keeps there.
    fs::create_dir(folder.join("instances")).unwrap();
    fs::write(folder.join("current"), "{}").unwrap();
    export(IMAGES[1]).assert_success();
    assert!(base.exists() && !hub.exists() && folder.join("current").exists());
    let ours = fs::read_to_string(&base).unwrap();
    let indented = ours.replace("{\"auth\": ", "{\n      \"auth\": ");
    for (place, text) in [
        ("reg.test/base/os/config.json", indented.as_str()),
        ("reg.test/base/os/config.json", "{\"auths\": {}}"),
        ("reg.test/own/config.json", "{\"credsStore\": \"pass\"}"),
        ("other.test/config.json", &ours),
        ("reg.test/notes", &ours),
    ] {
        let place = folder.join("config").join(place);
        let before = fs::read_to_string(&place).ok();
        fs::create_dir_all(place.parent().unwrap()).unwrap();
        fs::write(&place, text).unwrap();
        let ran = export(IMAGES[0]);
        ran.assert_code(1);
        assert!(ran.stderr.contains("no export wrote it"), "{ran}");
        assert_eq!(fs::read_to_string(&place).unwrap(), text);
        assert!(base.exists() && !team.exists(), "{ran}");
        match before {
            Some(before) => fs::write(&place, before).unwrap(),
            None => fs::remove_file(&place).unwrap(),
        }
    }
    export(IMAGES[0]).assert_success();
    assert!(team.exists() && !base.exists());
}

/// The buildx of Debian looks into no such folder by itself; a newer one takes what it finds there for
/// docker's configuration folder.
#[support::test(needs("docker/docker-buildx"))]
fn buildx_pulls_each_repository_with_what_its_folder_holds() {
    let (registry, home) = registry_of_two();
    let at = registry.address();
    let (team, base) = (format!("{at}/team/app"), format!("{at}/base/os"));
    let arguments = ["export", "--format", "buildx", "-o", "buildx", &team, &base];
    home.portunus(&arguments).run().assert_success();
    for (image, user) in [(&team, "team"), (&base, "base")] {
        let folder = home.path().join("buildx/config").join(image);
        buildx_inspects(&home, &folder, image).assert_success();
        assert_eq!(users(&registry), [user], "{image}");
    }
    let folder = home.path().join("buildx/config").join(&team);
    let ran = buildx_inspects(&home, &folder, &base);
    assert!(!ran.status.success(), "{ran}");
}

#[support::test(needs("docker/docker-buildx"))]
fn buildx_finds_what_docker_s_file_holds() {
    let (registry, home) = registry_of_two();
    let image = format!("{}/team/app", registry.address());
    let file = home.docker_config();
    let to = ["export", "--format", "docker", "-o", file.to_str().unwrap()];
    let exported = home.portunus(&[&to[..], &[&image]].concat()).run();
    exported.assert_success();
    buildx_inspects(&home, &home.docker_dir(), &image).assert_success();
    assert_eq!(users(&registry), ["team"]);
}

/// A registry whose two repositories have an account each, and a home with both.
fn registry_of_two() -> (ProgrammableRegistry, Home) {
    let accounts = ["team", "base"].map(|user| Account::new(user, SECRET).only(user));
    let registry = ProgrammableRegistry::basic(&accounts);
    for repository in ["team/app", "base/os"] {
        registry.put_image(repository, "latest", &Image::small("one"));
    }
    let at = registry.address();
    let login = |user| ["-u", user, "--repository", user, &at];
    let home = home(&[&login("team"), &login("base")]);
    (registry, home)
}

/// Reads the manifest of an image with the logins of a docker configuration folder.
fn buildx_inspects(home: &Home, folder: &Path, image: &str) -> Ran {
    let mut buildx = home.command(tools::program("docker/docker-buildx"));
    buildx.env("DOCKER_CONFIG", folder);
    buildx.args(["imagetools", "inspect", "--raw", image]);
    process::run(&mut buildx, b"")
}

/// Who was let in since the last time.
fn users(registry: &ProgrammableRegistry) -> Vec<String> {
    let requests = registry.requests();
    registry.forget_requests();
    let mut users: Vec<String> = requests
        .iter()
        .filter_map(|it| Some(it.basic()?.0))
        .collect();
    users.dedup();
    users
}

#[support::test(needs("script"))]
fn secrets_are_not_written_to_a_terminal() {
    let home = team_and_hub();
    let portunus = script::portunus();
    let shown = |force: &str| {
        let line = format!("{portunus} export --format docker {force} {}", IMAGES[0]);
        script::run(&home, &[], &line, "").output()
    };
    assert!(shown("").contains("secrets are not written to a terminal"));
    assert!(shown("--force").contains("\"auths\""));
}

#[support::test]
fn what_nothing_is_stored_for_ends_with_3() {
    let home = Home::new();
    let ran = home
        .portunus(&["export", "--format", "docker", "reg.test/app"])
        .run();
    ran.assert_code(3);
    let help = "help: portunus resolve --why reg.test/app:latest";
    assert!(ran.stderr.contains(help), "{ran}");
    let whole = [
        "export",
        "--format",
        "docker",
        "--registry-namespace",
        "reg.test",
    ];
    let ran = home.portunus(&whole).run();
    ran.assert_code(3);
    assert!(ran.stderr.contains("help: `portunus list` shows"), "{ran}");
    let ran = home.portunus(&["export", "--format", "docker"]).run();
    ran.assert_code(2);
}

#[support::test]
fn the_way_out_of_several_logins_under_one_name_is_one_that_succeeds() {
    let home = team_and_hub();
    let whole = ["--registry-namespace", "reg.test"];
    let docker = ["export", "--format", "docker"];
    let ran = home.portunus(&[&docker[..], &whole].concat()).run();
    ran.assert_code(1);
    let help = "help: --format containers-auth keeps repositories apart";
    assert!(ran.stderr.contains(help), "{ran}");
    let containers = ["export", "--format", "containers-auth"];
    let ran = home.portunus(&[&containers[..], &whole].concat()).run();
    ran.assert_success();
    for name in ["\"reg.test/team\"", "\"reg.test/base\""] {
        assert!(ran.stdout.contains(name), "{ran}");
    }
    let named = [&docker[..], &whole, &["--repository", "team/app"]].concat();
    home.portunus(&named).run().assert_success();
}

#[support::test]
fn a_dash_is_standard_output_where_one_file_is_written() {
    let home = team_and_hub();
    let export = |format: &str| {
        let arguments = ["export", "--format", format, "-o", "-", IMAGES[0]];
        home.portunus(&arguments).run()
    };
    let ran = export("docker");
    ran.assert_success();
    assert!(ran.stdout.contains("\"auths\""), "{ran}");
    export("buildx").assert_code(2);
    assert!(!home.path().join("-").exists());
}

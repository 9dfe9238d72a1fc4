//! Pulls an image with one password for one host:
//! `pull SOCKET HOST_DIR IMAGE HOST USER PASSWORD`.

use std::process::ExitCode;
use std::time::{Duration, SystemTime};

use portunus::credential::Credential;
use portunus::remedy::Advise;
use portunus_containerd::{
    Answers, Containerd, ContainerdNamespace, HeldCredential, HostAnswer, ProgressReport,
    ProgressState, PullRequest, Question, StoredUnder,
};

#[derive(Debug)]
struct Show;

impl portunus_containerd::Observer for Show {
    #[expect(clippy::print_stdout, reason = "an example shows what it sees")]
    fn progress(&mut self, progress: &ProgressReport) {
        match &progress.state {
            ProgressState::Status(text) => println!("{text}"),
            state => println!(
                "{state:?} {} {}/{}",
                progress.name, progress.done, progress.total
            ),
        }
    }

    #[expect(clippy::print_stdout, reason = "an example shows what it sees")]
    fn question(&mut self, question: &Question) {
        println!("{question:?}");
    }
}

#[tokio::main(flavor = "current_thread")]
#[expect(clippy::print_stdout, reason = "an example shows what it sees")]
#[expect(clippy::disallowed_methods, reason = "a program reads the clock")]
async fn main() -> Result<ExitCode, Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [socket, host_dir, image, host, user, password] = arguments.as_slice() else {
        return Err("pull SOCKET HOST_DIR IMAGE HOST USER PASSWORD".into());
    };
    let mut answers = Answers::default();
    let credential = Credential::password(user.as_str(), password.as_str());
    let stored = StoredUnder::new(host.parse()?, "the command line");
    let held = HeldCredential::new(credential, stored);
    answers.add("http", host, HostAnswer::Credential(held))?;
    let containerd = Containerd::connect(socket, Duration::from_secs(5)).await?;
    println!(
        "containerd {} {:?}",
        containerd.version(),
        containerd.peer()
    );
    let request = PullRequest::new(
        image.parse()?,
        ContainerdNamespace::new("default")?,
        host_dir,
        answers,
        SystemTime::now() + Duration::from_secs(3600),
    );
    let pulled = containerd
        .pull(request, &mut Show, std::future::pending())
        .await;
    let report = match pulled {
        Ok(report) => report,
        Err(error) => {
            println!("{error}");
            for host in error.hosts() {
                println!("note: {host}");
            }
            for remedy in error.remedies() {
                println!("help: {remedy}");
            }
            return Ok(ExitCode::FAILURE);
        }
    };
    println!(
        "{} in {} ms, {} bytes",
        report.digest,
        report.elapsed.as_millis(),
        report.totals.moved()
    );
    Ok(ExitCode::SUCCESS)
}

//! What is left of sessions that are over: nothing.

use std::io::{BufRead, BufReader, Write};
use std::process::Stdio;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use support::account::Account;
use support::program;
use support::programmable_registry::ProgrammableRegistry;
use tokio::net::UnixListener;
use tonic::transport::Channel;
use worlds::http::World;

use crate::worlds::memory::{count, resident};
use crate::worlds::peer::{fetch_token, take, token_question};

/// What each token of the registry ends with.
const TOKEN: &str = "-of-alice";

/// Takes sessions, and gives each away when it has handed over a token.
fn take_sessions(
    world: &World,
    registry: &ProgrammableRegistry,
    socket: &str,
) -> Receiver<Channel> {
    let (sender, receiver) = channel();
    let question = token_question(registry, &["repository:team/app:pull"]);
    let listener = world
        .block_on(async { UnixListener::bind(socket) })
        .unwrap();
    world.runtime.spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (session, _) = take(stream).await;
            fetch_token(&session, question.clone()).await;
            if sender.send(session).is_err() {
                break;
            }
        }
    });
    receiver
}

#[support::test]
fn two_hundred_sessions_leave_no_token_and_no_memory_behind() {
    let registry = ProgrammableRegistry::bearer(&[Account::new("alice", "canary")]);
    let world = World::new();
    let socket = world.home.path().join("builder").display().to_string();
    let sessions = take_sessions(&world, &registry, &socket);
    let mut command = world.home.command(program::example("sessions"));
    command
        .args([&socket, &registry.address()])
        // What is given back is overwritten at once: what is found is held by somebody.
        .env(
            "GLIBC_TUNABLES",
            "glibc.malloc.perturb=85:glibc.malloc.tcache_count=0",
        )
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut run = |number: usize, hold: &dyn Fn()| {
        writeln!(input, "{number}").unwrap();
        for _ in 0..number {
            let session = sessions.recv().unwrap();
            hold();
            drop(session);
        }
        assert_eq!(lines.next().unwrap().unwrap(), "ended");
    };
    let process = child.id();
    run(20, &|| {});
    // What is searched for would be found.
    run(1, &|| assert!(count(process, TOKEN) > 0));
    let before = resident(process);
    run(200, &|| {});
    let grown = resident(process).saturating_sub(before);
    // Connections are closed by others, a little later.
    let patience = Instant::now() + Duration::from_secs(10);
    while count(process, TOKEN) > 0 && Instant::now() < patience {
        std::thread::sleep(Duration::from_millis(50));
    }
    let left = count(process, TOKEN);
    println!("200 sessions: {grown} KiB more, {left} tokens left");
    drop(input);
    child.wait().unwrap();
    assert_eq!(left, 0);
    assert!(grown < 5 * 1024, "{grown} KiB");
    assert_eq!(registry.requests().len(), 221);
}

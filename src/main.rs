//! The server: arguments → configuration → application → exit code.

use std::io::{self, Write};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::process::ExitCode;

use clap::Parser;
use modqueue::app::{self, Application, Signals, StartError};
use modqueue::client::{self, CertificateFiles, Target};
use modqueue::config::{self, Arguments, Command, Config, HealthQuestion};
use modqueue::telemetry;
use modqueue::telemetry::traces::Traces;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The configuration has mistakes.
const BAD_CONFIGURATION: u8 = 2;
/// The configuration is good, and the service did not start, or what was asked is not so.
const FAILED: u8 = 1;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let config = match read_config(&arguments) {
        Ok(config) => config,
        Err(mistakes) => {
            let (told, count) = (mistakes.join("\n"), mistakes.len());
            eprintln!("{told}\n{count} mistake{} in the configuration", plural(count));
            return ExitCode::from(BAD_CONFIGURATION);
        }
    };
    match &arguments.command {
        Some(Command::CheckConfig) => run(async { check(&config) }),
        Some(Command::Health(question)) => run(health(question, &config)),
        Some(Command::Demo) => run(modqueue::demo::run()),
        None => run(serve(config, &arguments)),
    }
}

fn run(task: impl Future<Output = anyhow::Result<()>>) -> ExitCode {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let done = runtime.map_err(anyhow::Error::from).and_then(|runtime| runtime.block_on(task));
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("modqueue: {error:#}");
            let is_configuration =
                error.downcast_ref::<StartError>().is_some_and(StartError::is_configuration);
            ExitCode::from(if is_configuration { BAD_CONFIGURATION } else { FAILED })
        }
    }
}

/// The configuration, or a line for each mistake in it.
fn read_config(arguments: &Arguments) -> Result<Config, Vec<String>> {
    let (name, source) = match &arguments.config {
        None => ("the command line".to_owned(), String::new()),
        Some(path) => {
            let name = path.display().to_string();
            let source = std::fs::read_to_string(path);
            (name.clone(), source.map_err(|error| vec![format!("cannot read {name}: {error}")])?)
        }
    };
    let told = |mistakes: Vec<_>| mistakes.iter().map(|mistake| format!("{name}: {mistake}")).collect();
    config::load(&source, &arguments.overrides()).map_err(told)
}

fn check(config: &Config) -> anyhow::Result<()> {
    app::check(config)?;
    println!("the configuration is good: {} on {}", sites(config), config.listen);
    Ok(())
}

async fn health(question: &HealthQuestion, config: &Config) -> anyhow::Result<()> {
    let server = question.server.clone().unwrap_or_else(|| here(config, config.listen));
    let files = question.client_certificate.clone().zip(question.client_key.clone());
    let certificate = files.map(|(certificate, key)| CertificateFiles { certificate, key });
    let target = Target::parse(&server, question.ca_file.clone())?.with_certificate(certificate);
    client::ask_health(&target, question.timeout).await?;
    println!("{} serves", target.url());
    Ok(())
}

/// How a server that listens there is reached from its own machine.
fn here(config: &Config, mut address: SocketAddr) -> String {
    let scheme = if config.tls.is_some() { "https" } else { "http" };
    if address.ip().is_unspecified() {
        address.set_ip(if address.is_ipv4() {
            Ipv4Addr::LOCALHOST.into()
        } else {
            Ipv6Addr::LOCALHOST.into()
        });
    }
    format!("{scheme}://{address}")
}

async fn serve(config: Config, arguments: &Arguments) -> anyhow::Result<()> {
    let traces = config.telemetry.otlp_endpoint.as_deref().map(Traces::to).transpose()?;
    telemetry::start(config.log_format, traces.as_ref());
    let mut signals = Signals::listen()?;
    let application = tokio::select! {
        built = Application::build(config.clone()) => built?,
        () = signals.stopped() => return Ok(()),
    };
    announce(&application, &config);
    let reloader = application.reloader();
    application.run_until(signals.until_stop(reloader, || read_config(arguments))).await;
    if let Some(traces) = traces {
        traces.finish().await;
    }
    Ok(())
}

/// The line `listening on ADDR` is for programs that start this one; the rest is for people. Nobody has to read it to the
/// end, or at all.
fn announce(application: &Application, config: &Config) {
    let address = application.addr();
    let mut lines = vec![
        format!("listening on {address}"),
        format!("  comments  {}", application.store_description()),
        format!("  sites     {}", sites(config)),
    ];
    lines.extend(application.metrics_addr().map(|metrics| format!("  metrics   http://{metrics}/metrics")));
    if let Some(made) = application.made_tokens() {
        let modctl = if started_by_cargo() { "cargo run --release --bin modctl --" } else { "modctl" };
        let tokens = made.directory.display();
        let modctl = format!("  {modctl} --server {} --token-file {tokens}", here(config, address));
        lines.push(format!("  tokens    {tokens}/{{portal,moderator,admin}}"));
        lines.push(format!("\ntry, in another terminal:\n{modctl} submit 'Hello, world'\n{modctl} list"));
    }
    let _ = writeln!(io::stdout(), "{}", lines.join("\n"));
}

fn started_by_cargo() -> bool {
    std::env::var_os("CARGO").is_some()
}

fn sites(config: &Config) -> String {
    config.sites.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

fn plural(count: usize) -> &'static str {
    if count == 1 { "" } else { "s" }
}

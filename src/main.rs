//! The server: arguments → configuration → application → exit code.

use std::process::ExitCode;

use clap::Parser;
use modqueue::app::Application;
use modqueue::config::{self, Arguments, Command, Config};
use modqueue::telemetry;
use tokio::signal::unix::{SignalKind, signal};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The configuration has mistakes.
const BAD_CONFIGURATION: u8 = 2;
/// The configuration is good, and the service did not start.
const FAILED_START: u8 = 1;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let config = match read_config(&arguments) {
        Ok(config) => config,
        Err(told) => {
            eprintln!("{told}");
            return ExitCode::from(BAD_CONFIGURATION);
        }
    };
    match arguments.command {
        Some(Command::CheckConfig) => {
            println!("the configuration is good: {} on {}", sites(&config), config.listen);
            ExitCode::SUCCESS
        }
        Some(Command::Demo) => run(modqueue::demo::run()),
        None => {
            telemetry::init_log(config.log_format);
            run(serve(config))
        }
    }
}

fn run(task: impl Future<Output = anyhow::Result<()>>) -> ExitCode {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let done = runtime.map_err(anyhow::Error::from).and_then(|runtime| runtime.block_on(task));
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("modqueue: {error:#}");
            ExitCode::from(FAILED_START)
        }
    }
}

fn read_config(arguments: &Arguments) -> Result<Config, String> {
    let (name, source) = match &arguments.config {
        None => (String::new(), String::new()),
        Some(path) => {
            let name = path.display().to_string();
            let source =
                std::fs::read_to_string(path).map_err(|error| format!("cannot read {name}: {error}"))?;
            (name, source)
        }
    };
    config::load(&source, &arguments.overrides()).map_err(|mistakes| {
        let lines = mistakes.iter().map(|mistake| format!("{name}: {mistake}\n"));
        let count = mistakes.len();
        format!("{}{count} mistake{} in the configuration", lines.collect::<String>(), plural(count))
    })
}

async fn serve(config: Config) -> anyhow::Result<()> {
    let (mut terminated, mut interrupted) =
        (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let application = Application::build(config.clone()).await?;
    announce(&application, &config);
    let stop = async move {
        tokio::select! {
            _ = terminated.recv() => {}
            _ = interrupted.recv() => {}
        }
        tracing::info!("stopping; calls in flight may finish");
    };
    application.run_until(stop).await;
    Ok(())
}

/// The line `listening on ADDR` is for programs that start this one; the rest is for people.
fn announce(application: &Application, config: &Config) {
    let address = application.addr();
    println!("listening on {address}");
    println!("  comments  {}", application.store_description());
    println!("  sites     {}", sites(config));
    if let Some(metrics) = application.metrics_addr() {
        println!("  metrics   http://{metrics}/metrics");
    }
    if let Some(made) = application.made_tokens() {
        println!("  tokens    {}/{{portal,moderator,admin}}", made.directory.display());
        println!("\ntry, in another terminal:");
        println!("  cargo run --release --bin modctl -- --server http://{address} submit 'Hello, world'");
        println!("  cargo run --release --bin modctl -- --server http://{address} list");
    }
}

fn sites(config: &Config) -> String {
    config.sites.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

fn plural(count: usize) -> &'static str {
    if count == 1 { "" } else { "s" }
}

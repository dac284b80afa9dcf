// dengji: everything but the node.
#include "crypto/ed25519.hpp"
#include "node/cli/command.hpp"

int main(int argc, char** argv) {
  using namespace dengji;
  if (auto ready = crypto::init(); !ready) return cli::report(ready.error());
  cli::Shared shared;
  CLI::App app{"dengji, the command line of a dengji ledger"};
  app.require_subcommand(1);
  app.fallthrough();
  app.set_version_flag("--version", "dengji 0.1.0");
  app.add_option_function<std::string>(
         "-o", [&shared](const std::string& form) { shared.as_json = form == "json"; }, "Form of the output")
      ->check(CLI::IsMember({"json", "table"}));
  app.add_option("--passphrase-env", shared.passphrase.environment, "Environment variable that holds the passphrase");
  app.add_option("--passphrase-fd", shared.passphrase.descriptor, "File descriptor to read the passphrase from");
  cli::add_key_commands(app, shared);
  cli::add_ledger_commands(app, shared);
  cli::add_entry_commands(app, shared);
  cli::add_type_commands(app, shared);
  cli::add_policy_commands(app, shared);
  cli::add_audit_commands(app, shared);
  cli::add_dataset_commands(app, shared);
  cli::add_submit_commands(app, shared);
  cli::add_proof_commands(app, shared);
  cli::add_certificate_commands(app, shared);
  cli::add_account_commands(app, shared);
  cli::add_object_commands(app, shared);
  cli::add_explain_commands(app, shared);
  cli::add_insight_commands(app, shared);
  cli::add_deadline_commands(app, shared);
  cli::add_bench_command(app, shared);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  return shared.exit_code;
}

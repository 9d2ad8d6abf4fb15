#include <memory>
#include <system_error>
#include <utility>

#include "cli/commands.hpp"
#include "cli/domain_host.hpp"
#include "cli/exit_code.hpp"
#include "cli/gate_desk_host.hpp"
#include "cli/housekeeper.hpp"
#include "cli/provider_secret.hpp"
#include "cli/shared_memory.hpp"
#include "cli/worker.hpp"
#include "fcgi/master.hpp"

namespace postern::cli {
namespace {

using Loaded = std::shared_ptr<const LoadedConfig>;

/// A configuration that workers can start with. The key ring is read and let go again: the master
/// holds no key.
Loaded load_for_service(const ConfigFiles& files) {
  auto loaded = std::make_shared<LoadedConfig>(load_config(files));
  (void)load_key_ring(loaded->config);
  read_provider_secrets(*loaded);
  return loaded;
}

/// Where everything is wired together. The master calls these; `current` is what the next worker is
/// made with, and every process forked afterwards has its own copy.
fcgi::Program compose(const ConfigFiles& files, Loaded first) {
  auto current = std::make_shared<Loaded>(std::move(first));
  fcgi::Program program;
  program.settings = [files, current] {
    *current = load_for_service(files);
    return (*current)->config.server;
  };
  program.log_settings = [current] { return (*current)->config.log; };
  program.memory_bytes = [current] { return memory_bytes((*current)->config); };
  program.make_application = [current](fcgi::Crew crew, fcgi::SharedSegment& shared,
                                       unsigned slot) {
    return std::make_unique<Worker>(*current, crew, shared, slot);
  };
  program.make_desk = [current](fcgi::SharedSegment& shared, unsigned slot) {
    return std::make_unique<GateDeskHost>(*current, shared, slot);
  };
  program.worker_gone = [](fcgi::SharedSegment& shared, unsigned slot) {
    shared_cache(shared, slot).release(slot);
  };
  program.keep_house = [current](fcgi::SharedSegment& shared,
                                 const std::function<bool()>& stop_requested) {
    keep_house(*current, shared, stop_requested);
  };
  return program;
}

}  // namespace

int serve(const ConfigFiles& files) {
  const auto program = compose(files, load_for_service(files));
  try {
    return fcgi::run_master(program);
  } catch (const std::system_error& error) {
    throw CommandError(kRefused, std::string("cannot serve: ") + error.what());
  }
}

}  // namespace postern::cli

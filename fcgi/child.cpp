#include "fcgi/child.hpp"

#include <sys/prctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <system_error>

#include "fcgi/log.hpp"
#include "fcgi/signals.hpp"

namespace postern::fcgi {
namespace {

constexpr int kExitSoftware = 70;  // sysexits.h

int run_guarded(const std::string& name, const std::function<int()>& body) {
  try {
    return body();
  } catch (const std::exception& error) {
    log(LogLevel::Error, "process_failed", {{"process", name}, {"error", error.what()}});
  } catch (...) {
    log(LogLevel::Error, "process_failed", {{"process", name}, {"error", "unknown"}});
  }
  return kExitSoftware;
}

}  // namespace

pid_t spawn_child(const std::string& name, const std::function<int()>& body) {
  const pid_t master = getpid();
  (void)std::fflush(nullptr);  // or both would write what is buffered
  const pid_t pid = fork();
  if (pid < 0) throw std::system_error(errno, std::generic_category(), "fork");
  if (pid > 0) return pid;

  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != master) _exit(kExitSoftware);  // it died before the line above
  set_child_signals();
  std::exit(run_guarded(name, body));
}

}  // namespace postern::fcgi

#include <array>
#include <fstream>
#include <string>

#include "cli/doctor.hpp"
#include "domain/password_hasher.hpp"
#include "fcgi/shared_segment.hpp"

namespace postern::cli {
namespace {

constexpr std::int64_t kSlowMs = 1000;  // OWASP: a hash should take less than a second

/// Megabytes that could be had without swapping; 0 when the system does not say.
std::uint64_t available_mib() {
  std::ifstream file("/proc/meminfo");
  std::string name, unit;
  std::uint64_t value = 0;
  while (file >> name >> value) {
    std::getline(file, unit);
    if (name == "MemAvailable:") return value / 1024;
  }
  return 0;
}

void examine_memory(Findings& findings, const domain::PasswordSettings& settings) {
  const auto needed = std::uint64_t{settings.memory_kib} * settings.concurrent_hashes / 1024;
  const auto available = available_mib();
  const auto text = std::to_string(settings.concurrent_hashes) + " at once take " +
                    std::to_string(needed) + " MiB";
  if (available != 0 && needed > available / 2) {
    findings.warn("password memory",
                  text + ", more than half of the " + std::to_string(available) + " MiB available",
                  "lower password.concurrent_hashes, or give the machine more memory");
  } else {
    findings.ok("password memory", text);
  }
}

}  // namespace

void examine_passwords(Findings& findings, const Config& config) {
  std::array<domain::HashSlots::Slot, 1> slots{};
  domain::PasswordHasher hasher(config.domain.password, domain::HashSlots(slots));
  const auto began = fcgi::monotonic_ms();
  if (!hasher.hash(domain::Secret("a password to measure with")).ok()) {
    findings.fail("password time", "no hash could be computed", "see password.* in the settings");
    return;
  }
  const auto took = fcgi::monotonic_ms() - began;
  const auto text = "one hash takes " + std::to_string(took) + " ms";
  if (took > kSlowMs) {
    findings.warn("password time", text + ": every login waits for it",
                  "lower password.memory_kib or password.iterations, above the floor");
  } else {
    findings.ok("password time", text);
  }
  examine_memory(findings, config.domain.password);
}

}  // namespace postern::cli

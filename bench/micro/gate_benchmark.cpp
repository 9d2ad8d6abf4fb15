// A whole check as the gate's worker makes it, between reading the web server's bytes and sending
// its own.
#include <memory>

#include "bench/micro/gate_request.hpp"
#include "bench/micro/operation.hpp"
#include "bench/micro/own_cache.hpp"
#include "domain/access_token.hpp"
#include "domain/fingerprint.hpp"
#include "fcgi/inspector.hpp"
#include "handlers/gate_desk.hpp"

namespace postern::bench {
namespace {

using Kind = domain::Requirement::Kind;

constexpr std::size_t kEntries = 1024;

domain::Policy site_policy() {
  return domain::Policy::make({{"/open/**", {}, {Kind::Public, ""}},
                               {"/admin/**", {}, {Kind::Role, "admin"}},
                               {"/notes/**", {}, {Kind::Permission, "notes.read"}},
                               {"/**", {}, {Kind::SignedIn, ""}}})
      .value();
}

struct Gate {
  /// Empty: the gate answered, with 200. Otherwise what is wrong.
  std::string_view check(const std::string& bytes) {
    const auto& seen = inspector.inspect(bytes);
    if (seen.verdict != fcgi::Verdict::Whole) return "the request is sound";
    if (!desk.answer(seen, answer)) return "the gate answers at once";
    keep(answer.records(seen.request_id));
    return answer.status() == 200 ? "" : "the visitor may pass";
  }

  World world;
  OwnCache own{kEntries};
  domain::Policy policy = site_policy();
  handlers::GateSettings settings;
  domain::Fingerprinter fingerprints{world.ring, world.settings};
  handlers::GateDesk desk{{policy, settings, own.cache, fingerprints, world.clock, world.limiter,
                           world.settings.oauth}};
  fcgi::Inspector inspector{fcgi::Door::Gate, fcgi::LimitSettings()};
  fcgi::QuickAnswer answer;
};

Run checking(const std::shared_ptr<Gate>& gate, std::string bytes) {
  const auto wrong = gate->check(bytes);
  must(wrong.empty(), wrong);
  return repeat([gate, bytes = std::move(bytes)] { keep(gate->check(bytes)); });
}

Run prepare_hot() {
  const auto gate = std::make_shared<Gate>();
  const auto token = domain::issue_access_token(gate->world.services, gate->world.claims());
  gate->own.store(gate->fingerprints.of(domain::PresentedAs::Bearer, token.reveal()));
  return checking(gate, gate_request("/notes/4711/attachments/3?size=large",
                                     "Bearer " + std::string(token.reveal())));
}

Run prepare_public() {
  return checking(std::make_shared<Gate>(), gate_request("/open/style/site.css?v=7", ""));
}

const Registered kHot({"gate_hot", "Gate, records in to records out: hot access token",
                       prepare_hot});
const Registered kPublic({"gate_public", "Gate, records in to records out: open to everybody",
                          prepare_public});

}  // namespace
}  // namespace postern::bench

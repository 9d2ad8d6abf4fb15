#include "domain/bytes.hpp"
#include "handlers/object_text.hpp"
#include "handlers/skedcast/correlation.hpp"
#include "handlers/skedcast/handlers.hpp"

namespace postern::handlers::skedcast {
namespace {

/// An installation is one agency, and is named by its address: the same id as long as it has that.
std::string agency_id(const Services& services) {
  return "agc_" + domain::checksum6(services.domain.settings.issuer);
}

}  // namespace

Response show_agency(const Call& call, Services& services) {
  const auto data = ObjectText()
                        .text("object", "agency")
                        .text("id", agency_id(services))
                        .text("name", services.settings.skedcast.agency)
                        .finish();
  const auto meta = ObjectText().text("correlationId", correlation_id(call.request)).finish();
  auto body = ObjectText().raw("data", data).raw("meta", meta).finish();
  return correlated(call.request, Response(200, "application/json", std::move(body)));
}

}  // namespace postern::handlers::skedcast

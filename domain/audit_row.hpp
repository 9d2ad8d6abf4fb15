#pragma once

#include <string>
#include <string_view>

#include "domain/audit.hpp"

namespace postern::domain {

/// What record() writes, for a statement that writes it itself beside what it tells of: one round
/// trip instead of a transaction of four.
struct AuditRow {
  EventId id;
  Instant at;
  std::string_view event;
  std::string subject, detail, address, request_id;  ///< printable, and cut as record() cuts them
};
[[nodiscard]] AuditRow audit_row(Services& services, const AuditEntry& entry, const Origin& origin);

}  // namespace postern::domain

#include "domain/revocation_poller.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "domain/pause.hpp"
#include "domain/revocation_message.hpp"

namespace postern::domain {
namespace {

/// One row at the least, with nothing but the clock's number in it. One statement, so that clock
/// and journal are of one moment.
constexpr Statement kReadJournal{"read_journal", R"sql(
  select c.n, r.subjects
  from postern.revocation_clock c
    left join postern.revocation r on r.n > $1 and r.n <= c.n
  order by r.n
  limit $2
)sql"};

Database::Options named(Database::Options where) {
  where.application_name = RevocationPoller::kApplicationName;
  return where;
}

}  // namespace

RevocationPoller::RevocationPoller(const Database::Options& where, const CacheSettings& settings,
                                   const Clock& clock, CredentialCache& cache)
    : database_(named(where)),
      poll_interval_(settings.poll_interval),
      clock_(clock),
      cache_(cache),
      state_(settings, clock, cache) {}

WatchReport RevocationPoller::run_once(std::chrono::milliseconds wait) {
  WatchReport report;
  pause(std::min(wait, until_due()));
  if (until_due().count() > 0) return report;
  next_question_ = clock_.uptime() + poll_interval_;
  try {
    ask(report);
  } catch (const std::exception& error) {
    last_seen_.reset();
    state_.failed(error.what(), report);
  }
  return report;
}

void RevocationPoller::ask(WatchReport& report) {
  const auto asked_at = clock_.uptime();
  const std::int64_t after = last_seen_.value_or(std::numeric_limits<std::int64_t>::max());
  const auto rows = database_.run(kReadJournal, {after, kMostAtOnce});
  if (rows.empty()) throw DatabaseError("postern.revocation_clock has not one row");
  apply(rows, report);
  state_.heard(asked_at, report);
}

void RevocationPoller::apply(const Rows& rows, WatchReport& report) {
  const std::int64_t clock = rows.front().integer(0);
  const auto before = std::exchange(last_seen_, clock);
  if (!before) {
    cache_.void_all();
    return;
  }
  std::int64_t found = 0;
  for (const auto& row : rows) {
    const auto text = row.text_or_null(1);
    const auto subjects = text ? parse_subjects(*text) : std::nullopt;
    if (!subjects) continue;
    ++found;
    for (const auto& subject : *subjects) make_void(cache_, subject);
    report.applied += static_cast<std::int64_t>(subjects->size());
  }
  if (found == clock - *before) return;
  cache_.void_all();
  report.missed = "revocations that the journal does not hold";
}

std::chrono::milliseconds RevocationPoller::until_due() const {
  const auto due = std::max(state_.until_next_attempt(), next_question_ - clock_.uptime());
  return std::max(std::chrono::milliseconds(0), due);
}

}  // namespace postern::domain

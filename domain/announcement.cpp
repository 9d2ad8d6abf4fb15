#include "domain/announcement.hpp"

#include <algorithm>
#include <stdexcept>

#include "domain/credential_cache.hpp"
#include "domain/revocation_message.hpp"

namespace postern::domain {
namespace {

constexpr Statement kAnnounceAndNotify{"announce_and_notify", R"sql(
  with clock as (
    update postern.revocation_clock set n = n + 1 returning n
  ), journal as (
    insert into postern.revocation (n, at, subjects) select n, $1, $2 from clock
  )
  select n, pg_notify('postern_revocation', 'revoked ' || n || ' ' || $2) from clock
)sql"};

constexpr Statement kAnnounce{"announce", R"sql(
  with clock as (
    update postern.revocation_clock set n = n + 1 returning n
  ), journal as (
    insert into postern.revocation (n, at, subjects) select n, $1, $2 from clock
  )
  select n from clock
)sql"};

}  // namespace

Announcement& Announcement::of(Transaction& tx, Services& services) {
  if (tx.commit_step() == nullptr) tx.set_commit_step(std::make_unique<Announcement>(services));
  auto* const announcement = dynamic_cast<Announcement*>(tx.commit_step());
  if (announcement == nullptr) throw std::logic_error("a transaction with another commit step");
  return *announcement;
}

void Announcement::note(const RevokedSubject& subject) {
  const auto everything = RevokedSubject::everything();
  if (std::find(subjects_.begin(), subjects_.end(), subject) != subjects_.end()) return;
  if (subjects_ == std::vector{everything}) return;
  if (subject == everything || subjects_.size() == kMostSubjects) {
    subjects_ = {everything};
    return;
  }
  subjects_.push_back(subject);
}

void Announcement::before_commit(Executor& executor) {
  const bool listen = services_.settings.cache.coherence == Coherence::Listen;
  const auto rows = executor.run(listen ? kAnnounceAndNotify : kAnnounce,
                                 {services_.clock.now(), subjects_text(subjects_)});
  if (rows.size() != 1) throw DatabaseError("postern.revocation_clock has not one row");
}

void Announcement::after_commit() noexcept {
  ++services_.announced;
  if (services_.memory == nullptr) return;
  for (const auto& subject : subjects_) make_void(services_.memory->cache, subject);
}

}  // namespace postern::domain

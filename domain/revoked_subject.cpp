#include "domain/revoked_subject.hpp"

#include "domain/credential_cache.hpp"

namespace postern::domain {

void make_void(CredentialCache& cache, const RevokedSubject& subject) noexcept {
  switch (subject.kind) {
    case RevokedSubject::Kind::Account:
      cache.void_account(AccountId{subject.id});
      break;
    case RevokedSubject::Kind::Credential:
      cache.void_credential(subject.id);
      break;
    case RevokedSubject::Kind::Everything:
      cache.void_all();
      break;
  }
}

}  // namespace postern::domain

#include "handlers/kitsu/password_errors.hpp"

namespace postern::handlers::kitsu {

using domain::Errc;

Response password_refused(const domain::Error& error) {
  switch (error.code) {
    case Errc::InvalidInput:
      return refused_proof(invalid_value_words(error));
    case Errc::AccountInactive:
    case Errc::ApprovalPending:
      return refused_proof("User is unactive.");
    default:
      return refusal(error);
  }
}

}  // namespace postern::handlers::kitsu

#include "domain/alphanumeric_secret.hpp"

namespace postern::domain {

Secret alphanumeric_secret(Random& random) {
  return Secret(random_base62(random, kAlphanumericSecretLength));
}

}  // namespace postern::domain

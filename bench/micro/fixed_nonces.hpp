#pragma once

namespace postern::bench {

/// Gives OpenSSL the same random numbers in every process, so that two runs make the same
/// signatures. What OpenSSL's own generator costs is then not counted. Before its first use; for
/// what never signs anything that counts.
void fix_openssl_random();

}  // namespace postern::bench

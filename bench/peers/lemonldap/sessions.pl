# Makes the sessions of a measurement as the portal does, in the storage that the configuration names,
# and prints their numbers.
use strict;
use warnings;
use JSON;
use Lemonldap::NG::Common::Session;

open(my $file, '<', $ARGV[0]) or die "$ARGV[0]: $!";
my $conf = from_json(do { local $/; <$file> });

sub session {
    my ($user, $state) = @_;
    my $session = Lemonldap::NG::Common::Session->new({
        storageModule        => $conf->{globalStorage},
        storageModuleOptions => { %{ $conf->{globalStorageOptions} } },
        kind                 => 'SSO',
        info                 => {
            uid => $user, _user => $user, _whatToTrace => $user, accountState => $state,
            mail => "$user\@example.org", _utime => time, ipAddr => '127.0.0.1',
            authenticationLevel => 2, _auth => 'Demo', _userDB => 'Demo',
        },
    });
    die $session->error if $session->error;
    return $session;
}

my $revoked = session('bob', 'active');
my %id = (valid => session('alice', 'active')->id, disabled => session('carol', 'disabled')->id,
    revoked => $revoked->id);
$revoked->remove or die $revoked->error;
print to_json(\%id), "\n";

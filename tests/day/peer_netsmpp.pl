#!/usr/bin/perl
# An operator made of Debian's Net::SMPP: peer_netsmpp.pl PORT [PASSWORD]
#
# Accepts binds one session after the other, gives every text an id ("p1", "p2", ...), sends its receipt in
# the textbook form, and one reply from each number it was asked to reach. Says "listening" when it does, and
# at the end of each session how many texts came and how many of its own PDUs were acknowledged.
use strict;
use warnings;
use Net::SMPP;

my ($port, $password) = @ARGV;
die "usage: peer_netsmpp.pl PORT [PASSWORD]\n" unless $port;
$| = 1;
my $listener = Net::SMPP->new_listen('127.0.0.1', port => $port, timeout => undef)
    or die "cannot listen on port $port: $!\n";
print "listening\n";

my %bind_resp = (
    Net::SMPP::CMD_bind_transceiver => 'bind_transceiver_resp',
    Net::SMPP::CMD_bind_transmitter => 'bind_transmitter_resp',
    Net::SMPP::CMD_bind_receiver    => 'bind_receiver_resp',
);
my $ids = 0;

sub deliver {
    my ($session, $from, $to, $esm_class, $text) = @_;
    $session->deliver_sm(
        async            => 1,
        source_addr      => $from,
        source_addr_ton  => 1,
        source_addr_npi  => 1,
        destination_addr => $to,
        esm_class        => $esm_class,
        short_message    => $text,
    );
}

sub take_text {
    my ($session, $pdu, $seen) = @_;
    my ($from, $to) = ($pdu->{source_addr}, $pdu->{destination_addr});
    my $id = 'p' . ++$ids;
    my @now = localtime;
    my $time = sprintf '%02d%02d%02d%02d%02d', $now[5] % 100, $now[4] + 1, @now[ 3, 2, 1 ];

    $session->submit_sm_resp(message_id => $id, seq => $pdu->{seq}, status => 0);
    deliver($session, $to, $from, 4,
        "id:$id sub:001 dlvrd:001 submit date:$time done date:$time stat:DELIVRD err:000 text:")
        if $pdu->{registered_delivery} & 1;
    deliver($session, $to, $from, 0, 'I will pay on Friday') unless $seen->{$to}++;
}

sub serve {
    my ($session) = @_;
    my ($texts, $acknowledged, %seen) = (0, 0);

    while (my $pdu = $session->read_pdu) {
        my $cmd = $pdu->{cmd};
        my @answer = (seq => $pdu->{seq}, status => 0);

        if (my ($bind) = grep { $_ == $cmd } keys %bind_resp) {
            my $method = $bind_resp{$bind};
            my $wrong = defined $password && $pdu->{password} ne $password;

            $session->$method(seq => $pdu->{seq}, status => $wrong ? 0x0e : 0, system_id => 'netsmpp');
            last if $wrong;
        } elsif ($cmd == Net::SMPP::CMD_submit_sm) {
            $texts++;
            take_text($session, $pdu, \%seen);
        } elsif ($cmd == Net::SMPP::CMD_enquire_link) {
            $session->enquire_link_resp(@answer);
        } elsif ($cmd == Net::SMPP::CMD_unbind) {
            $session->unbind_resp(@answer);
            last;
        } elsif ($cmd == Net::SMPP::CMD_deliver_sm_resp) {
            $acknowledged++ if $pdu->{status} == 0;
        } elsif (!($cmd & 0x80000000)) {
            $session->generic_nack(seq => $pdu->{seq}, status => 3);
        }
    }
    print "session over: $texts texts, $acknowledged acknowledged\n";
}

while (my $session = $listener->accept) {
    serve($session);
    close $session;
}

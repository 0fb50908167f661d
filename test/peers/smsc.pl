#!/usr/bin/perl
# An SMSC of Net::SMPP for one client. Says what it sees as JSON lines; exits when the client unbinds.
# Usage: smsc.pl PORT SYSTEM_ID PASSWORD
use strict;
use warnings;
use JSON::PP;
use Net::SMPP;

$| = 1;
my ($port, $system_id, $password) = @ARGV;
my $json = JSON::PP->new->canonical;
my $next_id = 0xABCDEF;

sub say_line { print $json->encode({@_}), "\n"; }

my $listener = Net::SMPP->new_listen('127.0.0.1', smpp_version => 0x34, interface_version => 0x34, port => $port, timeout => 60)
    or die "cannot listen: $!";
say_line(pdu => 'listening');
my $client = $listener->accept or die 'no client came';

my %answer = (
    0x00000009 => sub {
        my $pdu = shift;
        my $status = $pdu->{system_id} eq $system_id && $pdu->{password} eq $password ? 0 : 0x0E;
        $client->bind_transceiver_resp(system_id => 'NETSMPP', seq => $pdu->{seq}, status => $status);
        say_line(pdu => 'bind_transceiver', status => $status, version => $pdu->{interface_version});
    },
    0x00000004 => sub {
        my $pdu = shift;
        my $id = $next_id++;
        say_line(
            pdu  => 'submit_sm',
            from => $pdu->{source_addr},
            to   => $pdu->{destination_addr},
            ton  => $pdu->{dest_addr_ton},
            esm  => $pdu->{esm_class},
            dcs  => $pdu->{data_coding},
            hex  => unpack('H*', $pdu->{short_message}),
            id   => sprintf('%X', $id)
        );
        # The answer gives the id in hexadecimal, the receipt in decimal, as many carriers do.
        $client->submit_sm_resp(message_id => sprintf('%X', $id), seq => $pdu->{seq});
        deliver($pdu, esm_class => 0x04,
            short_message => "id:$id sub:001 dlvrd:001 submit date:2611221200 done date:2611221201 stat:DELIVRD err:000 text:");
        return if $pdu->{short_message} ne 'write to me';
        deliver($pdu, short_message => "Hello from Perl: \x00 \x02");
        deliver($pdu, data_coding => 8, short_message => pack('n*', 0x20AC, 0xD83D, 0xDE00));
        deliver($pdu, esm_class => 0x40, short_message => pack('C6', 5, 0, 3, 77, 2, 2) . 'and the second.');
        deliver($pdu, esm_class => 0x40, short_message => pack('C6', 5, 0, 3, 77, 2, 1) . 'The first half ');
    },
    0x80000005 => sub { my $pdu = shift; say_line(pdu => 'deliver_sm_resp', status => $pdu->{status}); },
    0x00000015 => sub { my $pdu = shift; $client->enquire_link_resp(seq => $pdu->{seq}); },
    0x00000006 => sub {
        my $pdu = shift;
        $client->unbind_resp(seq => $pdu->{seq});
        say_line(pdu => 'unbind');
        exit 0;
    },
);

sub deliver {
    my ($pdu, %more) = @_;
    $client->deliver_sm(
        async            => 1,
        source_addr_ton  => 1,
        source_addr_npi  => 1,
        source_addr      => $pdu->{destination_addr},
        dest_addr_ton    => 1,
        dest_addr_npi    => 1,
        destination_addr => $pdu->{source_addr},
        %more
    );
}

while (1) {
    my $pdu = $client->read_pdu() or last;
    my $handle = $answer{$pdu->{cmd}};
    if ($handle) { $handle->($pdu); }
    else { say_line(pdu => 'other', cmd => $pdu->{cmd}); }
}
say_line(pdu => 'closed');

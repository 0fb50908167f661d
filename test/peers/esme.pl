#!/usr/bin/perl
# A client of Net::SMPP. Says what it sees as JSON lines.
# Usage: esme.pl PORT SYSTEM_ID PASSWORD
use strict;
use warnings;
use JSON::PP;
use Net::SMPP;

$| = 1;
my ($port, $system_id, $password) = @ARGV;
my $json = JSON::PP->new->canonical;

sub say_line { print $json->encode({@_}), "\n"; }

my ($smpp, $resp) = Net::SMPP->new_transceiver('127.0.0.1',
    port => $port, smpp_version => 0x34, interface_version => 0x34, system_id => $system_id, password => $password);
if (!$smpp || $resp->{status}) {
    say_line(pdu => 'bind_transceiver_resp', status => $resp ? $resp->{status} : -1);
    exit 0;
}
say_line(pdu => 'bind_transceiver_resp', status => 0, system_id => $resp->{system_id});

my %base = (
    source_addr_ton => 1, source_addr_npi => 1, source_addr => '12025550100',
    dest_addr_ton => 1, dest_addr_npi => 1, destination_addr => '12025550199',
    registered_delivery => 1,
);

my @receipts;
my $customers = 0;

# Answers of the carrier come among its deliveries.
sub wait_for {
    my $done = shift;
    while (!$done->()) {
        my $pdu = $smpp->read_pdu() or die 'the carrier closed the connection';
        if ($pdu->{cmd} == 0x00000005) {
            $smpp->deliver_sm_resp(message_id => '', seq => $pdu->{seq});
            my $receipt = ($pdu->{esm_class} & 0x3C) == 0x04;
            $customers++ if !$receipt;
            say_line(pdu => 'deliver_sm', esm => $pdu->{esm_class}, dcs => $pdu->{data_coding},
                from => $pdu->{source_addr}, hex => unpack('H*', $pdu->{short_message}));
            push @receipts, $1 if $receipt && $pdu->{short_message} =~ /id:(\S+)/;
        }
        elsif ($pdu->{cmd} == 0x80000004) {
            say_line(pdu => 'submit_sm_resp', status => $pdu->{status}, id => $pdu->{message_id});
            $main::answers++;
        }
        elsif ($pdu->{cmd} == 0x00000015) { $smpp->enquire_link_resp(seq => $pdu->{seq}); }
    }
}

our $answers = 0;
sub submit {
    my %more = @_;
    my $want = $answers + 1;
    $smpp->submit_sm(async => 1, %base, %more);
    wait_for(sub { $answers >= $want });
}

submit(short_message => 'plain text');
submit(data_coding => 8, short_message => pack('n*', 0x20AC, 0xD83D, 0xDE00));
submit(esm_class => 0x40, short_message => pack('C6', 5, 0, 3, 9, 2, 1) . 'one, ');
submit(esm_class => 0x40, short_message => pack('C6', 5, 0, 3, 9, 2, 2) . 'two');
submit(dest_addr_ton => 5, destination_addr => 'Acme', short_message => 'refused');
submit(data_coding => 8, short_message => 'odd');
wait_for(sub { @receipts >= 4 });
say_line(pdu => 'ready');
wait_for(sub { $customers >= 3 });
$smpp->unbind();
say_line(pdu => 'unbind');

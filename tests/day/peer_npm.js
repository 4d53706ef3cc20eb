// An operator made of npm's `smpp`: node peer_npm.js PORT [PASSWORD]
//
// Accepts binds, gives every text an id in hexadecimal, sends its receipt with the id in decimal and with the
// TLVs of SMPP 3.4 5.3.2, and one reply from each number it was asked to reach. Says "listening" when it does,
// and at the end of each session how many texts came and how many of its own PDUs were acknowledged.
'use strict';
const path = require('path');
const where = [process.env.PEERS || path.join(__dirname, '..', 'peers')];
const smpp = require(require.resolve('smpp', {paths: where}));

const [port, password] = process.argv.slice(2);
if (!port) {
	console.error('usage: peer_npm.js PORT [PASSWORD]');
	process.exit(2);
}
let ids = 0x1000;

function takeText(session, pdu, seen, counts) {
	const id = ids++;
	const address = {
		source_addr: pdu.destination_addr, source_addr_ton: 1, source_addr_npi: 1,
		destination_addr: pdu.source_addr,
	};
	const acknowledged = (resp) => { counts.acknowledged += resp.command_status === 0; };

	session.send(pdu.response({message_id: id.toString(16).toUpperCase()}));
	if (pdu.registered_delivery & 1)
		session.deliver_sm({
			...address, esm_class: 4,
			short_message: `id:${id} sub:001 dlvrd:001 stat:DELIVRD err:000 text:`,
			receipted_message_id: String(id), message_state: 2,
		}, acknowledged);
	if (seen.has(pdu.destination_addr))
		return;
	seen.add(pdu.destination_addr);
	session.deliver_sm({...address, data_coding: 8, short_message: 'Ще платя в петък'}, acknowledged);
}

const server = smpp.createServer((session) => {
	const counts = {texts: 0, acknowledged: 0};
	const seen = new Set();
	const bind = (pdu) => {
		const wrong = password !== undefined && pdu.password !== password;

		session.send(pdu.response({system_id: 'npm', command_status: wrong ? smpp.ESME_RINVPASWD : 0}));
		if (wrong)
			session.close();
	};

	session.on('bind_transceiver', bind);
	session.on('bind_transmitter', bind);
	session.on('bind_receiver', bind);
	session.on('submit_sm', (pdu) => {
		counts.texts++;
		takeText(session, pdu, seen, counts);
	});
	session.on('enquire_link', (pdu) => session.send(pdu.response()));
	session.on('unbind', (pdu) => {
		session.send(pdu.response());
		session.close();
	});
	session.on('error', () => {});
	session.on('close', () =>
		console.log(`session over: ${counts.texts} texts, ${counts.acknowledged} acknowledged`));
});
server.listen(Number(port), '127.0.0.1', () => console.log('listening'));

/* The sample home that `dunlin init` writes.  The numbers belong to no operator (the Philippines
 * have no mobile prefix 900), so that nobody is written to by mistake.  The texts stay inside the
 * GSM 7-bit alphabet, name the lender and say how to stop. */
#include "init.h"

/* clang-format off */
const struct init_sample init_samples[] = {
    {"campaigns/overdue.yaml",
     "# Which accounts get which text on which day.  Day 0 is the due date; 7 is a week overdue;\n"
     "# -3 is three days before it falls due.  Each step is said once for each due date, for ever.\n"
     "\n"
     "priority: 10                       # an account belongs to the first campaign that selects it\n"
     "# select: {product: [payday, salary]}   # absent: every account\n"
     "steps:\n"
     "  - {day: -3, sms: due-soon}\n"
     "  - {day: [1, 7, 15, 21], sms: reminder}\n"
     "  - {day: [24, 27, 30], task: call and agree on a plan, sms: final-notice}\n"
     "at: \"10:00\"                        # preferred local time; the policy's hours still rule\n"
     "late: {within: 3}                  # days after its own on which a step may still go\n"},
    {"templates/due-soon.en.txt",
     "{{! class: remind; replies: yes; max_parts: 2 }}{{lender}}: Hi {{name}}, a friendly note: {{amount}} is due on {{due_date}}. Questions? Call {{contact}}. Reply STOP for no more texts.\n"},
    {"templates/due-soon.fil.txt",
     "{{! class: remind; replies: yes; max_parts: 2 }}{{lender}}: Magandang araw {{name}}. Paalala po: {{amount}} ang bayarin sa {{due_date}}. Tanong? Tumawag sa {{contact}}. Reply STOP para wala nang text.\n"},
    {"templates/reminder.en.txt",
     "{{! class: negotiate; replies: yes; max_parts: 2 }}{{lender}}: Hi {{name}}, {{amount}} is overdue since {{due_date}}. Reply with the day you will pay, or PAID if you have. Reply STOP for no more texts.\n"},
    {"templates/reminder.fil.txt",
     "{{! class: negotiate; replies: yes; max_parts: 2 }}{{lender}}: {{name}}, lampas na po sa {{due_date}} ang {{amount}}. I-reply ang araw ng inyong bayad, o PAID kung bayad na. STOP para wala nang text.\n"},
    {"templates/final-notice.en.txt",
     "{{! class: negotiate; replies: yes; max_parts: 2 }}{{lender}}: {{name}}, {{amount}} is {{days_overdue}} days overdue. Please pay or call {{contact}} today so that we find a plan. Reply STOP for no more texts.\n"},
    {"templates/final-notice.fil.txt",
     "{{! class: negotiate; replies: yes; max_parts: 2 }}{{lender}}: {{name}}, {{days_overdue}} araw nang lampas ang {{amount}}. Magbayad o tumawag po ngayon sa {{contact}} at hahanap tayo ng paraan. Reply STOP para wala nang text.\n"},
    {"accounts.csv",
     "account_id,name,phone,due_date,amount_due,language,product\n"
     "1001,Maria Santos,+639000000101,@-1@,1500.00,en,payday\n"
     "1002,Jose Reyes,+639000000102,@-7@,2200.00,en,salary\n"
     "1003,Ana Dela Cruz,+639000000103,@-7@,1800.00,fil,payday\n"
     "1004,Pedro Ramos,+639000000104,@-15@,3200.00,fil,salary\n"
     "1005,Liza Garcia,+639000000105,@-21@,1250.50,en,payday\n"
     "1006,Ramon Aquino,+639000000106,@-24@,4000.00,en,salary\n"
     "1007,Grace Villanueva,+639000000107,@+3@,1500.00,fil,payday\n"
     "1008,Carlo Mendoza,+639000000108,@-37@,900.00,en,payday\n"
     "1008,Carlo Mendoza,+639000000108,@-7@,900.00,en,payday\n"
     "1009,Elena Torres,+639000000109,@-15@,2000.00,en,salary\n"
     "1010,Tomas Navarro,+639000000110,@+10@,1500.00,fil,payday\n"
     "1011,Rosa Bautista,+639000000111,@-1@,1700.00,fil,payday\n"
     "1012,Ben Castillo,+639000000112,@-30@,5000.00,en,salary\n"},
    {"payments.csv",
     "account_id,paid_on,amount,reference\n"
     "1008,@-35@,900.00,OR-0001\n"
     "1009,@-2@,2000.00,OR-0002\n"
     "1011,@-1@,500.00,OR-0003\n"},
    {"dunlin.yaml",
     "# What Dunlin needs to know about you.  `dunlin check` tells every mistake in this file and in\n"
     "# everything else you write here; nothing changes in a running daemon before that is clean.\n"
     "\n"
     "lender:\n"
     "  name: Sunrise Lending            # {{lender}} in the texts\n"
     "  contact: \"+63285550100\"          # {{contact}} in the texts\n"
     "  country: PH                      # for numbers written without a country code\n"
     "  currency: PHP\n"
     "  timezone: Asia/Manila            # of borrowers whose account names none\n"
     "  languages: [en, fil]             # the first is used where a text has none in the borrower's\n"
     "\n"
     "# false: only the test numbers are sent to; everybody else is skipped, reason `test`.\n"
     "# Say true when you mean it.\n"
     "live: false\n"
     "\n"
     "# The numbers of the sample accounts.  Replace them by telephones of your own.\n"
     "test_numbers:\n"
     "  - \"+639000000101\"\n"
     "  - \"+639000000102\"\n"
     "  - \"+639000000103\"\n"
     "  - \"+639000000104\"\n"
     "  - \"+639000000105\"\n"
     "  - \"+639000000106\"\n"
     "  - \"+639000000107\"\n"
     "  - \"+639000000108\"\n"
     "  - \"+639000000109\"\n"
     "  - \"+639000000110\"\n"
     "  - \"+639000000111\"\n"
     "  - \"+639000000112\"\n"
     "\n"
     "policy:\n"
     "  preset: ph                       # the country's contact rules; dunlin policy shows them\n"
     "  # windows: {sms: {mon-fri: \"09:00-12:00,13:00-18:00\"}}   # narrower hours; days not listed are closed\n"
     "  # holidays: [holidays/ph.ics]    # nothing is sent on these days\n"
     "  ignore_below: \"1.00\"             # a smaller remainder counts as paid\n"
     "  # stale_after: 2                 # working days without payments or a complete list: hold everything\n"
     "\n"
     "routes:\n"
     "  paper:                           # appends what would be sent to a file: for trying\n"
     "    type: file\n"
     "    path: sent.jsonl\n"
     "\n"
     "  # Your operator's SMPP account.  Put the password alone into a file that only you can read:\n"
     "  #   touch smpp.password; chmod 600 smpp.password      and then write it in with an editor\n"
     "  # aggregator:\n"
     "  #   type: smpp\n"
     "  #   host: smpp.example.net\n"
     "  #   port: 2775\n"
     "  #   tls: true\n"
     "  #   system_id: sunrise\n"
     "  #   password_file: smpp.password\n"
     "  #   bind: transceiver            # or transmitter+receiver\n"
     "  #   source: \"28550\"              # what borrowers see as the sender\n"
     "  #   rate: 20                     # segments a second the operator allows\n"
     "  #   window: 100                  # texts on their way without an answer\n"
     "  #   prefixes: [\"+63\"]            # which numbers; none: those of your country\n"
     "  #   price: \"0.35\"                # a segment, in your currency\n"
     "\n"
     "  # USB modems (a later release sends over them).\n"
     "  # sticks:\n"
     "  #   type: modem\n"
     "  #   ports: auto\n"
     "  #   per_hour: 30                 # texts a SIM\n"
     "  #   per_day: 200\n"
     "  #   pin_file: sim.pin\n"
     "\n"
     "promises: {ahead: 31, grace: 1, tolerance: 5}   # days; working days; percent\n"
     "\n"
     "# A text to yourself when a route is down, tasks wait or nothing was sent.\n"
     "# alerts: {to: \"+63917...\", daily: \"08:00\"}\n"
     "\n"
     "store: dunlin.db\n"
     "web: {listen: \"127.0.0.1:8080\"}\n"},
    {NULL, NULL}};
/* clang-format on */

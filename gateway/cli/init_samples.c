/* The sample home that `dunlin init` writes.  The numbers belong to no operator (the Philippines
 * have no mobile prefix 900), so that nobody is written to by mistake.  The texts stay inside the
 * GSM 7-bit alphabet, name the lender and say how to stop. */
#include "init.h"

extern const char embed_dunlin_yaml[], embed_reminder_call_yaml[];

/* clang-format off */
const struct init_sample init_samples[] = {
    {"campaigns/overdue.yaml",
     "# Which accounts get which text on which day.  Day 0 is the due date; 7 is a week overdue;\n"
     "# -3 is three days before it falls due.  Each step is said once for each due date, for ever.\n"
     "\n"
     "priority: 10                       # an account belongs to the first campaign that selects it\n"
     "# select:                          # absent: every account; else all of these must hold\n"
     "#   product: [payday, salary]      # any column of accounts.csv\n"
     "#   bucket: [M0, M1]               # by days overdue: buckets of dunlin.yaml\n"
     "#   amount: {max: \"5000.00\"}       # what is owed in all\n"
     "steps:\n"
     "  - {day: -3, sms: due-soon}\n"
     "  - {day: [1, 7, 15, 21], sms: reminder}\n"
     "  - {day: [24, 27, 30], task: call and agree on a plan, sms: final-notice}\n"
     "  # Other work than a task: letter, visit, email, outsource; dunlin tasks --csv lists it.\n"
     "  # - {day: 45, letter: final-notice}\n"
     "  # A call, by scripts/reminder-call.yaml, over a route of sticks with `voice: true`.\n"
     "  # - {day: 10, call: reminder-call, when: {replied: no, promise: none}}\n"
     "  # What must have happened, or not: replied, promise, delivered, answered, part_paid, reach.\n"
     "  # - {day: 10, task: call them, when: {replied: no, no_response_since: +7/sms}}\n"
     "at: \"10:00\"                        # preferred local time; the policy's hours still rule\n"
     "# at: {best: true, else: \"10:00\"}  # the hour at which this borrower was reached before\n"
     "# promised: {sms: due-soon}        # on the promised day; absent: Dunlin's own words; no: nothing\n"
     "late: {within: 3}                  # days after its own on which a step may still go\n"
     "\n"
     "# Whoever paid two instalments in a row on time needs less.  As campaigns/on-time.yaml:\n"
     "#\n"
     "# priority: 1                      # asked before this one\n"
     "# select: {kept_streak: 2}         # one late instalment or broken promise ends the streak\n"
     "# steps:\n"
     "#   - {day: -3, sms: due-soon}\n"},
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
    {"scripts/reminder-call.yaml", embed_reminder_call_yaml},
    {"accounts.csv",
     "account_id,name,phone,due_date,amount_due,language,product,check\n"
     "1001,Maria Santos,+639000000101,@-1@,1500.00,en,payday,1985\n"
     "1002,Jose Reyes,+639000000102,@-7@,2200.00,en,salary,1979\n"
     "1003,Ana Dela Cruz,+639000000103,@-7@,1800.00,fil,payday,1992\n"
     "1004,Pedro Ramos,+639000000104,@-15@,3200.00,fil,salary,1968\n"
     "1005,Liza Garcia,+639000000105,@-21@,1250.50,en,payday,1990\n"
     "1006,Ramon Aquino,+639000000106,@-24@,4000.00,en,salary,1974\n"
     "1007,Grace Villanueva,+639000000107,@+3@,1500.00,fil,payday,1988\n"
     "1008,Carlo Mendoza,+639000000108,@-37@,900.00,en,payday,1995\n"
     "1008,Carlo Mendoza,+639000000108,@-7@,900.00,en,payday,1995\n"
     "1009,Elena Torres,+639000000109,@-15@,2000.00,en,salary,1981\n"
     "1010,Tomas Navarro,+639000000110,@+10@,1500.00,fil,payday,1971\n"
     "1011,Rosa Bautista,+639000000111,@-1@,1700.00,fil,payday,1999\n"
     "1012,Ben Castillo,+639000000112,@-30@,5000.00,en,salary,1963\n"},
    {"payments.csv",
     "account_id,paid_on,amount,reference\n"
     "1008,@-35@,900.00,OR-0001\n"
     "1009,@-2@,2000.00,OR-0002\n"
     "1011,@-1@,500.00,OR-0003\n"},
    {"dunlin.yaml", embed_dunlin_yaml},
    {NULL, NULL}};
/* clang-format on */

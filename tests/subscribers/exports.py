"""Exports as other programs write them, with invented people; the local part of each address says where they stand.

`in` gets letters there, `asked` has not confirmed, `left`, `bounced` and `complained` are what they say; after a `_` a
word that tells one from another. A file with a name is given that name.
"""

EXPORTS = {
    "mailchimp": '"Email Address","First Name",Language,MEMBER_RATING,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,LAST_CHANGED,'
    "LEID,EUID,NOTES,TAGS,UNSUB_TIME,UNSUB_REASON\n"
    'left@example.org,An,English,2,"2024-01-01 10:00:00",192.0.2.77,"2024-01-01 10:05:00","2024-02-01 09:00:00",1,a,,'
    '"""Klant""","2024-02-01 09:00:00",N/A\n',
    "substack": "email,active_subscription,expiry,plan,email_disabled,created_at,first_payment_at\n"
    "in@example.org,false,,other,false,2025-01-01T08:00:00.000Z,\n"
    "left@example.org,false,,other,true,2025-01-01T08:00:00.000Z,\n",
    "buttondown": "id,email,notes,metadata,tags,subscriber_type,source,creation_date,subscription_date,"
    "unsubscription_date,ip_address\n"
    "1,in@example.org,,{},,regular,organic,2024-01-01,2024-01-05T12:00:00+02:00,,198.51.100.7\n"
    "2,asked@example.org,,{},,unactivated,organic,2024-01-01,,,\n"
    "3,left@example.org,,{},,unsubscribed,organic,2024-01-01,,2025-01-01,\n"
    "4,bounced@example.org,,{},,undeliverable,organic,2024-01-01,,,\n"
    "5,complained@example.org,,{},,complained,organic,2024-01-01,,,\n",
    "listmonk": "uuid,email,name,attributes,status,created_at,updated_at\n"
    'u-1,in@example.org,In,"{""lang"": ""en""}",enabled,2024-06-18 11:58:18+00,2024-06-18 11:58:18+00\n'
    "u-2,left@example.org,Uit,{},disabled,2024-06-18 11:58:18+00,2024-06-18 11:58:18+00\n"
    "u-3,left_b@example.org,Uit,{},blocklisted,2024-06-18 11:58:18+00,2024-06-18 11:58:18+00\n",
    "ghost": "id,email,name,note,subscribed_to_emails,complimentary_plan,stripe_customer_id,created_at,deleted_at,"
    "labels,tiers\n"
    "64f0a1,in@example.org,In,,true,false,,2024-01-02T10:00:00.000Z,,,\n"
    '64f0a2,left@example.org,"Uit, B.",,false,false,,2024-01-02T10:00:00.000Z,,klant,\n'
    "64f0a3,left_gone@example.org,Weg,,true,false,,2024-01-02T10:00:00.000Z,2024-05-01T10:00:00.000Z,,\n",
    "brevo": "CONTACT ID;EMAIL;LASTNAME;FIRSTNAME;SMS;EMAIL_BLACKLISTED;SMS_BLACKLISTED;ADDED_TIME;MODIFIED_TIME;"
    "DOUBLE_OPT-IN;BEDRIJF\n"
    "1;in@example.org;A;B;;FALSE;FALSE;2024-01-01 10:00:00;2024-01-01 10:00:00;Yes;X\n"
    "2;left@example.org;A;B;;TRUE;FALSE;2024-01-01 10:00:00;2024-01-01 10:00:00;Yes;X\n"
    "3;asked@example.org;A;B;;FALSE;FALSE;2024-01-01 10:00:00;2024-01-01 10:00:00;No;X\n",
    "brevo-blocklist": "Email;Reason;Date\n"
    "left@example.org;unsubscribed;01-02-2024 10:00:00\n"
    "bounced@example.org;hard_bounce;01-02-2024 10:00:00\n"
    "complained@example.org;spam complaint;01-02-2024 10:00:00\n"
    "left_b@example.org;admin blocked;01-02-2024 10:00:00\n",
    "laposta": "E-mailadres;Voornaam;Status;Aangemeld op;Afgemeld op\n"
    "in@example.org;An;Actief;2024-01-01 10:00:00;\n"
    "left@example.org;Bo;Uitgeschreven;2024-01-01 10:00:00;2024-02-01 10:00:00\n"
    "left_b@example.org;Bo;Actief;2024-01-01 10:00:00;2024-02-01 10:00:00\n"
    "bounced@example.org;Bo;Opgeschoond;2024-01-01 10:00:00;\n",
    "mailerlite": "Email,Status,Signup date,Unsubscribe date,Signup IP\n"
    "in@example.org,active,2024-01-01 10:00:00,,192.0.2.4\n"
    "left@example.org,unsubscribed,2024-01-01 10:00:00,2024-02-01 10:00:00,192.0.2.4\n"
    "asked@example.org,unconfirmed,2024-01-01 10:00:00,,192.0.2.4\n"
    "bounced@example.org,bounced,2024-01-01 10:00:00,,192.0.2.4\n"
    "complained@example.org,junk,2024-01-01 10:00:00,,192.0.2.4\n",
    "kit": "id,first_name,email_address,state,created_at,tags\n"
    "1,In,in@example.org,active,2024-01-01T10:00:00Z,a\n"
    "2,Uit,left@example.org,cancelled,2024-01-01T10:00:00Z,a\n"
    "3,B,bounced@example.org,bounced,2024-01-01T10:00:00Z,a\n"
    "4,C,complained@example.org,complained,2024-01-01T10:00:00Z,a\n"
    "5,D,asked@example.org,inactive,2024-01-01T10:00:00Z,a\n",
    "beehiiv": "Email,Status,Subscription tier,Subscribed At,Unsubscribed At,UTM Source\n"
    "in@example.org,active,free,2024-01-01 10:00:00 UTC,,\n"
    "left@example.org,inactive,free,2024-01-01 10:00:00 UTC,2024-02-01 10:00:00 UTC,\n"
    "left_b@example.org,active,free,2024-01-01 10:00:00 UTC,1 Feb 2024,\n"
    "bounced@example.org,invalid,free,01/02/2024,,\n"
    "asked@example.org,pending,free,,,\n",
    "keila": "Email,First name,Last name,Data,Status,External ID\n"
    'in@example.org,A,B,"{""x"": 1}",active,\n'
    "left@example.org,A,B,,unsubscribed,\n"
    "bounced@example.org,A,B,,unreachable,\n",
    "phplist": "Email,Is this subscriber confirmed,Is this subscriber blacklisted,"
    "Did this subscriber manually confirm,Number of bounces,Entered,Last Modified,Send this subscriber HTML emails,"
    "Is this account disabled?,List Membership\n"
    "in@example.org,1,0,1,0,2024-01-01 10:00:00,2024-01-01 10:00:00,1,0,brief\n"
    "left@example.org,1,1,1,0,2024-01-01 10:00:00,2024-01-01 10:00:00,1,0,brief\n"
    "left_b@example.org,0,1,0,0,2024-01-01 10:00:00,2024-01-01 10:00:00,1,0,brief\n"
    "left_c@example.org,1,0,1,0,2024-01-01 10:00:00,2024-01-01 10:00:00,1,1,brief\n"
    "asked@example.org,0,0,0,0,2024-01-01 10:00:00,2024-01-01 10:00:00,1,0,brief\n",
    "mailman": "email,display_name,list_id,role,delivery_mode,delivery_status,bounce_score\n"
    "in@example.org,In,brief.example.org,member,regular,enabled,0\n"
    "left@example.org,Uit,brief.example.org,member,regular,by_user,0\n"
    "left_b@example.org,Uit,brief.example.org,member,regular,by_moderator,0\n"
    "bounced@example.org,B,brief.example.org,member,regular,by_bounces,5\n",
}

NAMES = {"mailchimp": "unsubscribed_members_export_1a2b.csv"}
"""What a file is called, when its name says something."""

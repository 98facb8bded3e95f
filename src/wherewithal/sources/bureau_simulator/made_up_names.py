"""Names for made-up people, and the capital of each state with a postal code of it."""

from __future__ import annotations

# fmt: off
GIVEN_NAMES = (
    "Ada", "Amir", "Anna", "Ben", "Bianca", "Carl", "Carmen", "Chen", "Clara", "Dario",
    "Diego", "Edith", "Elif", "Emil", "Esther", "Farah", "Felix", "Fiona", "Grace", "Hana",
    "Henry", "Ida", "Ines", "Ivan", "Jana", "Joel", "Jorge", "Kaya", "Kenji", "Lena",
    "Leo", "Lin", "Luisa", "Maja", "Marco", "Mei", "Mila", "Nadia", "Noah", "Omar",
)
FAMILY_NAMES = (
    "Abernathy", "Alcott", "Arroyo", "Ashby", "Barlow", "Bellamy", "Birch", "Calloway", "Castro",
    "Chandra", "Corbin", "Dalton", "Delgado", "Ellery", "Farrow", "Finch", "Fontaine", "Garrick",
    "Halloway", "Hartley", "Ibarra", "Ingram", "Jansen", "Kessler", "Kimura", "Lachlan", "Lind",
    "Marlow", "Mercer", "Navarro", "Nwosu", "Okafor", "Olsen", "Pemberton", "Petrov", "Quimby",
    "Ramsey", "Rosario", "Sandoval", "Sayeed", "Sheffield", "Silva", "Tanaka", "Thorne", "Usher",
    "Vance", "Vasquez", "Weatherby", "Whitlock", "Wu", "Yardley", "Zamora", "Zeller",
)
CAPITALS = {
    "AL": ("Montgomery", "36104"), "AK": ("Juneau", "99801"), "AZ": ("Phoenix", "85007"),
    "AR": ("Little Rock", "72201"), "CA": ("Sacramento", "95814"), "CO": ("Denver", "80203"),
    "CT": ("Hartford", "06106"), "DE": ("Dover", "19901"), "DC": ("Washington", "20001"),
    "FL": ("Tallahassee", "32301"), "GA": ("Atlanta", "30303"), "HI": ("Honolulu", "96813"),
    "ID": ("Boise", "83702"), "IL": ("Springfield", "62701"), "IN": ("Indianapolis", "46204"),
    "IA": ("Des Moines", "50309"), "KS": ("Topeka", "66603"), "KY": ("Frankfort", "40601"),
    "LA": ("Baton Rouge", "70802"), "ME": ("Augusta", "04330"), "MD": ("Annapolis", "21401"),
    "MA": ("Boston", "02108"), "MI": ("Lansing", "48933"), "MN": ("Saint Paul", "55102"),
    "MS": ("Jackson", "39201"), "MO": ("Jefferson City", "65101"), "MT": ("Helena", "59601"),
    "NE": ("Lincoln", "68502"), "NV": ("Carson City", "89701"), "NH": ("Concord", "03301"),
    "NJ": ("Trenton", "08608"), "NM": ("Santa Fe", "87501"), "NY": ("Albany", "12207"),
    "NC": ("Raleigh", "27601"), "ND": ("Bismarck", "58501"), "OH": ("Columbus", "43215"),
    "OK": ("Oklahoma City", "73102"), "OR": ("Salem", "97301"), "PA": ("Harrisburg", "17101"),
    "RI": ("Providence", "02903"), "SC": ("Columbia", "29201"), "SD": ("Pierre", "57501"),
    "TN": ("Nashville", "37219"), "TX": ("Austin", "78701"), "UT": ("Salt Lake City", "84111"),
    "VT": ("Montpelier", "05602"), "VA": ("Richmond", "23219"), "WA": ("Olympia", "98501"),
    "WV": ("Charleston", "25301"), "WI": ("Madison", "53703"), "WY": ("Cheyenne", "82001"),
}
# fmt: on

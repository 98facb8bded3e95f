"""List functions, case by case.

Source: DMN 1.5, tables 75 and 80.
"""

from __future__ import annotations

import pytest

from tests.dmn.feel_cases import assert_case, cases

CASES = r"""
# list contains
list contains([1,2,null], null) => true
list contains([1,2], null) => false
list contains(null, null) => null
list contains([[1]], [1]) => true
list contains(list: [1], element: 1) => true
list contains(1, 1) => true
list contains([1, "1"], "1") => true

# count
count([]) => 0
count(null) => null
count([null]) => 1
count(1) => 1
count() => null
count(list: [1,2]) => 2

# min and max: comparable items
min([]) => null
min() => null
min(null) => null
min([null, 1]) => null
min(1, null) => null
min("a", "b") => "a"
max("a", "b", "c") => "c"
max([@"2020-01-01", @"2021-01-01"]) => @"2021-01-01"
min(@"PT1H", @"PT30M") => @"PT30M"
min(1, "a") => null
min([1,"a"]) => null
max(list: [1,2,3]) => 3
min(true, false) => null

# sum, product
sum([]) => null
sum(null) => null
sum([1, null]) => null
sum(1, "a") => null
sum([@"P1D", @"P2D"]) => null
sum(list: [1,2]) => 3
sum() => null
product([2,3,4]) => 24
product([]) => null
product(null) => null
product([2, null]) => null
product(2, "a") => null

# mean, median, mode, stddev
mean([]) => null
mean([1,2,4]) => 2.333333333333333333333333333333333
mean([1, null]) => null
mean(null) => null
mean(2.5) => 2.5
mean([1,"a"]) => null
median([]) => null
median(8,2,5,3,4) => 4
median([6,1,2,3]) => 2.5
median([1, null]) => null
median(null) => null
median("a") => null
stddev(2,4,7,5) => 2.081665999466132735282297706979931
stddev([47]) => null
stddev([]) => null
stddev(null) => null
stddev([1,null]) => null
stddev([3,3,3]) => 0
mode(6,3,9,6,6) => [6]
mode([6,1,9,6,1]) => [1, 6]
mode([]) => []
mode(null) => null
mode([1, null]) => null
mode([1,"a"]) => null

# all, any
all() => null
all(null) => null
all([null]) => null
all([true, null]) => null
all([false, null]) => false
all(true, true, false) => false
all([true, 1]) => null
all([false, 1]) => null
all([]) => true
all(list: [true]) => true
any() => null
any(null) => null
any([null]) => null
any([false, null]) => null
any([true, 1]) => null
any(list: [false]) => false

# sublist: table 75, note 2
sublist([1,2,3], 1) => [1, 2, 3]
sublist([1,2,3], 0) => null
sublist([1,2,3], 4) => null
sublist([1,2,3], -1) => [3]
sublist([1,2,3], -2, 2) => [2, 3]
sublist([1,2,3], -2, 3) => null
sublist([1,2,3], 2, 0) => null
sublist([1,2,3], 2, 3) => null
sublist(null, 1) => null
sublist([1,2,3], null) => null
sublist([1,2,3], "1") => null
sublist([1,2,3], 1.5) => null
sublist(list: [1,2,3], start position: 2, length: 1) => [2]
sublist([1,2,3], 2, null) => [2, 3]
sublist(list: [1,2,3], start position: 2) => [2, 3]

# append, concatenate, union
append([1], 2) => [1, 2]
append([1]) => null
append(null, 1) => null
append(1, 2) => [1, 2]
append([1], null) => [1, null]
append([1], [2]) => [1, [2]]
append(list: [1], item: 2) => [1, 2]
concatenate([1,2],[3]) => [1, 2, 3]
concatenate([1],null) => null
concatenate([1], 2) => [1, 2]
concatenate(1, 2) => [1, 2]
concatenate([]) => []
concatenate() => null
concatenate(null) => null
concatenate([[1]], [2]) => [[1], 2]
union([1,2],[2,3]) => [1, 2, 3]
union([1,1]) => [1]
union([1, null], [null]) => [1, null]
union([1], null) => null
union() => null
union(1, 2) => [1, 2]

# insert before, remove, list replace: table 75, note 1
insert before([1,3], 1, 2) => [2, 1, 3]
insert before([1,3], 3, 2) => null
insert before([1,3], -1, 2) => [1, 2, 3]
insert before([1,3], 0, 2) => null
insert before([], 1, 2) => null
insert before(null, 1, 2) => null
insert before([1], 1, null) => [null, 1]
insert before([1], null, 1) => null
insert before(list: [1], position: 1, newItem: 0) => [0, 1]
remove([1,2,3], 2) => [1, 3]
remove([1,2,3], -1) => [1, 2]
remove([1,2,3], 0) => null
remove([1,2,3], 4) => null
remove(null, 1) => null
remove([1], 1) => []
remove([1], 1.5) => null
remove(list: [1,2], position: 1) => [2]
list replace([2,4,7,8], 3, 6) => [2, 4, 6, 8]
list replace([2,4,7,8], function(item, newItem) item < newItem, 5) => [5, 5, 7, 8]
list replace([1], function(item, newItem) null, 5) => null
list replace([1], function(item) true, 5) => null
list replace([1,2], 5, 0) => null
list replace(null, 1, 2) => null

# reverse, index of, distinct values, flatten
reverse([1,2,3]) => [3, 2, 1]
reverse([]) => []
reverse(null) => null
reverse(1) => [1]
index of([1,2,3,2], 2) => [2, 4]
index of([1], 2) => []
index of([null, 1, null], null) => [1, 3]
index of(null, 1) => null
index of([1, [2]], [2]) => [2]
index of(list: [1], match: 1) => [1]
distinct values([1,2,3,2,1]) => [1, 2, 3]
distinct values([null, null, 1]) => [null, 1]
distinct values(1) => [1]
distinct values(null) => null
distinct values([1, "1", 1.0]) => [1, "1"]
distinct values([[1],[1]]) => [[1]]
flatten([[1,2],[[3]],4]) => [1, 2, 3, 4]
flatten([]) => []
flatten(null) => null
flatten(1) => [1]
flatten([null, [null]]) => [null, null]

# sort: table 80
sort([3,1,2], function(x,y) x < y) => [1, 2, 3]
sort([3,1,2], function(x,y) x > y) => [3, 2, 1]
sort(list: ["b","a"], precedes: function(a,b) a < b) => ["a", "b"]
sort([3,1,2]) => [1, 2, 3]
sort([], function(x,y) x < y) => []
sort(null, function(x,y) x < y) => null
sort([1], null) => [1]
sort([1,2], function(x) true) => null
sort([1,2], 5) => null
"""


@pytest.mark.parametrize("case", cases(CASES))
def test_lists(case):
    assert_case(case)
